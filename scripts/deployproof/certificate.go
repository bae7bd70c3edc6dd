package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificate is the emulator's own, for one run: IAM is enforced over TLS only. Only this run's processes trust it.
type certificate struct {
	cert, key string // files
	pool      *x509.CertPool
}

const certificateLasts = 24 * time.Hour

// newCertificate makes one for the loopback address and for the names of HTTP APIs.
func newCertificate(dir string) (*certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	form := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "deploy proof"}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(certificateLasts), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: []string{"localhost", "*.execute-api.localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	raw, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	c := &certificate{cert: filepath.Join(dir, "emulator.crt"), key: filepath.Join(dir, "emulator.key"), pool: x509.NewCertPool()}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.pool.AppendCertsFromPEM(public)
	return c, errors.Join(os.WriteFile(c.cert, public, 0o600), os.WriteFile(c.key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}), 0o600))
}

// environment makes a process trust the certificate, and no other: Node.js, the AWS libraries, Go and Python.
func (c *certificate) environment() []string {
	if c == nil {
		return nil
	}
	return []string{"NODE_EXTRA_CA_CERTS=" + c.cert, "AWS_CA_BUNDLE=" + c.cert, "SSL_CERT_FILE=" + c.cert}
}
