package browser

import "testing"

func TestCheckTakesOriginsOnly(t *testing.T) {
	for o, good := range map[string]bool{
		"https://app.example.com": true, "https://app.example.com:8443": true, "https://intranet": true, "http://localhost:3000": true, "http://127.0.0.1": true,
		"*": false, "https://*.example.com": false, "http://app.example.com": false, "https://app.example.com/": false, "https://app.example.com/path": false,
		"null": false, "": false, "https://": false, "https://App.example.com": false, "https://app.example.com\n": false, "https://user@app.example.com": false,
	} {
		if err := Check([]string{o}); (err == nil) != good {
			t.Errorf("%q: %v", o, err)
		}
	}
	if Check(make([]string, OriginsMax+1)) == nil {
		t.Error("a list without end is taken")
	}
}
