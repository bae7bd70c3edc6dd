package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const purchases = `Ref,Supplier,Invoice,Net,Date,Category
1,Kestrel Timber Merchants Ltd,A1,1250.00,30/03/2026,Agency Staff
2,KESTREL TIMBER MERCHANTS LIMITED,A2,80.00,30/03/2026,Agency staff
3,Hobday Telecom Ltd,A3,twelve,30/03/2026,Agency Staff
4,Hobday Telecom Ltd,A4,12.00,30/03/2026,Something else
5,Beacon Energy Supply Ltd,A5,-7.50,30/03/2026,agency staff
`

const mapping = `{"name":"Purchases","columns":{"externalId":"Ref","party":"Supplier","document":"Invoice","amount":"Net","date":"Date","account":"Category"},
"dateFormat":"DD/MM/YYYY","balancingAccount":"2100","accountValues":[{"match":"agency staff","account":"7105"}]}`

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file goes through: upload, mapping, checks, dry run, rejected rows, posting, totals, and back out again.
func TestImport(t *testing.T) {
	u := mina(t)
	file, mapped, rejected := write(t, "purchases.csv", purchases), write(t, "map.json", mapping), filepath.Join(t.TempDir(), "rejected.csv")
	run := []string{"import", "run", file, "--map", mapped, "--source", "legacy", "--errors", rejected}
	o := u.ok("", append(run, "--commit", "--dry-run")...)
	if !strings.Contains(o.errs, "3 rows make 3 journals; 2 rows are rejected") || !strings.Contains(o.errs, "Nothing was posted") {
		t.Error(o.errs)
	}
	raw, err := os.ReadFile(rejected)
	if err != nil || strings.Count(string(raw), "\n") != 3 || !strings.Contains(string(raw), "Ref,Supplier,Invoice,Net,Date,Category,code,message") {
		t.Errorf("%v\n%s", err, raw)
	}
	u.fails(2, "2 rows are rejected", "", append(run, "--commit", "--stop-on-error")...)
	o = u.ok("", append(run, "--commit", "--merge-similar")...)
	if !regexp.MustCompile(`7105 +1322\.50 +1322\.50`).MatchString(o.out) {
		t.Error("the totals are\n", o.out)
	}
	id := regexp.MustCompile(`imp_\w+`).FindString(o.errs)
	u.fails(5, "", "", "import", "commit", id)
	if o := u.ok("", "import", "list"); !strings.Contains(o.out, id) {
		t.Error(o.out)
	}
	if o := u.ok("", "import", "errors", id); !strings.Contains(o.out, "twelve") {
		t.Error(o.out)
	}
	u.ok("", "import", "reconcile", id, "--format", "csv")
	u.json("", "import", "preview", id)
	u.fails(5, "", "", "import", "sign-off", id, "--dry-run")
	u.ok("", "import", "sign-off", id, "--accept-rejected", "--dry-run")
	u.ok("", "import", "roll-back", id, "--reason", "A test")
	if o := u.ok("", "jobs", "list", "--state", "done"); strings.Count(o.out, id) != 3 {
		t.Error(o.out)
	}
	job := regexp.MustCompile(`job_\w+`).FindString(u.ok("", "jobs", "list").out)
	u.ok("", "jobs", "watch", job)
	u.fails(5, "PLT-JOB-001", "", "jobs", "cancel", job)
	u.fails(1, "name a mapping", "", "import", "run", file, "--source", "legacy")
	u.fails(2, "", "", "import", "run", file, "--source", "legacy", "--mapping", "nonsense")
	u.fails(2, "MIG-FIL-015", "", append(run, "--sheet", "April")...) // a CSV file has no worksheets
	if o := u.ok("", "import", "mappings"); !strings.Contains(o.out, "2100") {
		t.Error(o.out)
	}
}

// A copy of the running system's data, and what stands in its way.
func TestBackup(t *testing.T) {
	address(t)
	u, to := newUser(t), filepath.Join(t.TempDir(), "copy")
	if o := u.ok("", "backup", "--data", host.data, "--to", to); !strings.Contains(o.out, "bytes") {
		t.Error(o.out)
	}
	if _, err := os.Stat(filepath.Join(to, "manifest.json")); err != nil {
		t.Error(err)
	}
	back := filepath.Join(t.TempDir(), "back")
	if o := u.ok("", "restore", "--from", to, "--data", back); !strings.Contains(o.out, "files") {
		t.Error(o.out)
	}
	if _, err := os.Stat(filepath.Join(back, "store")); err != nil {
		t.Error(err)
	}
	u.fails(1, "is not empty", "", "restore", "--from", to, "--data", back)
	if err := os.Remove(filepath.Join(to, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	u.fails(1, "manifest", "", "restore", "--from", to, "--data", back+"2")
	u.fails(1, "is not empty", "", "backup", "--data", host.data, "--to", to)
	u.fails(1, "no system is running", "", "backup", "--data", t.TempDir(), "--to", to+"2")
}
