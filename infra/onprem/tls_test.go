package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate makes a key and a certificate for this machine, and the pool that trusts it.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for path, content := range map[string][]byte{cert: certPEM, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return cert, key, pool
}

// With a certificate the system speaks TLS and nothing else; the certificate that cannot be read ends the start.
func TestTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	p := start(t, "-data", filepath.Join(t.TempDir(), "data"), "-cert", cert, "-key", key)
	if !strings.HasPrefix(p.address, "https://") {
		t.Fatal(p.address)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	resp, err := client.Get(p.address + "/health")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
	if resp, err := http.Get("http://" + strings.TrimPrefix(p.address, "https://") + "/health"); err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			t.Error("it speaks in the clear, too")
		}
	}
	client.CloseIdleConnections()
	p.end()
	data := filepath.Join(t.TempDir(), "data")
	for want, files := range map[string][]string{"certificate": {key, key}, "no such file": {cert, filepath.Join(t.TempDir(), "key.pem")}} {
		out, err := onprem(t, "-addr", "127.0.0.1:0", "-data", data, "-cert", files[0], "-key", files[1])
		if err == nil || !strings.Contains(out, want) || strings.Contains(out, "Ready") {
			t.Errorf("%v\n%s", err, out)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a start that could not serve made a data directory")
	}
}
