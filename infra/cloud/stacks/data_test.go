package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/internal/catalog"
	"backoffice/internal/files"
	"backoffice/internal/op"
)

func buckets(t *testing.T) map[string]cloudtest.Resource {
	t.Helper()
	found := templates(t)["backoffice-test-shared"].OfType("AWS::S3::Bucket")
	if len(found) != 2 {
		t.Fatalf("%d buckets", len(found))
	}
	return found
}

func TestBucketsAreClosedEncryptedAndVersioned(t *testing.T) {
	for id, b := range buckets(t) {
		block, _ := b.Properties["PublicAccessBlockConfiguration"].(map[string]any)
		for _, what := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if block[what] != true {
				t.Errorf("%s: %s is off", id, what)
			}
		}
		encryption := b.Text("BucketEncryption", "ServerSideEncryptionConfiguration")
		if !strings.Contains(encryption, `"aws:kms"`) || !strings.Contains(encryption, `"Key","Arn"`) || b.Text("VersioningConfiguration", "Status") != "Enabled" || b.DeletionPolicy != "RetainExceptOnCreate" {
			t.Errorf("%s: %v", id, b.Properties)
		}
		if !strings.Contains(policyOf(t, id), `"aws:SecureTransport":"false"`) {
			t.Errorf("%s takes calls without TLS", id)
		}
	}
}

func policyOf(t *testing.T, bucket string) string {
	t.Helper()
	for _, p := range templates(t)["backoffice-test-shared"].OfType("AWS::S3::BucketPolicy") {
		if p.Text("Bucket") == `{"Ref":"`+bucket+`"}` {
			return p.Text("PolicyDocument")
		}
	}
	return ""
}

func TestFilesExpireAndTakeBrowsers(t *testing.T) {
	b := buckets(t)["Files"]
	if rules := b.Text("LifecycleConfiguration", "Rules"); !strings.Contains(rules, `"ExpirationInDays":30,"Id":"uploads","Prefix":"uploads/"`) ||
		!strings.Contains(rules, `"ExpirationInDays":7,"Id":"exports","Prefix":"exports/"`) || !strings.Contains(rules, `"NoncurrentDays":30`) {
		t.Errorf("lifecycle %s", rules)
	}
	if cors := b.Text("CorsConfiguration", "CorsRules"); !strings.Contains(cors, `"AllowedMethods":["GET","PUT"]`) {
		t.Errorf("CORS %s", cors)
	}
	if files.UploadDays != 30 || files.ExportDays != 7 || len(files.Folders()) != 2 {
		t.Error("the folders have changed: hold each one's lifetime here")
	}
}

func TestAuditRootsCannotBeChanged(t *testing.T) {
	b := buckets(t)["AuditRoots"]
	if b.Properties["ObjectLockEnabled"] != true || b.Text("ObjectLockConfiguration", "Rule", "DefaultRetention") != `{"Days":1,"Mode":"COMPLIANCE"}` {
		t.Errorf("lock %v", b.Properties)
	}
	if policy := policyOf(t, "AuditRoots"); !strings.Contains(policy, `"Action":"s3:DeleteObject","Effect":"Deny"`) {
		t.Errorf("marks of deletion can be laid over roots: %s", policy)
	}
}

// Roots are signed by a key of the kind that the format knows, which one role may use.
func TestAuditRootsAreSigned(t *testing.T) {
	k := templates(t)["backoffice-test-shared"].OfType("AWS::KMS::Key")["RootKey"]
	if k.Properties["KeySpec"] != "ECC_NIST_EDWARDS25519" || k.Properties["KeyUsage"] != "SIGN_VERIFY" || k.DeletionPolicy != "RetainExceptOnCreate" || strings.Count(k.Text("KeyPolicy"), `"Effect"`) != 1 {
		t.Errorf("key %v", k.Properties)
	}
	signs := 0
	for _, tpl := range templates(t) {
		for id, r := range tpl.OfType("AWS::IAM::Role") {
			if strings.Contains(r.Text("Policies"), `"kms:Sign"`) {
				signs++
				if id != "AnchorAuditRole" {
					t.Errorf("%s may sign", id)
				}
			}
		}
	}
	if signs != 1 {
		t.Errorf("%d roles may sign", signs)
	}
}

// A job that reaches every chain names every table: a domain that comes is anchored from its first act on.
func TestEveryDomainIsAnchored(t *testing.T) {
	for _, id := range []string{"platform.anchor-audit", "platform.verify-roots"} {
		o, err := catalog.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range catalog.Domains() {
			if !slices.ContainsFunc(o.Describe().Access, func(a op.Access) bool { return a.Table == d.Name && a.Do == op.List && a.AllTenants != "" }) {
				t.Errorf("%s leaves out the chains of %s", id, d.Name)
			}
		}
	}
}

// The key is used by way of the services that hold the data, never directly, and each table and bucket is encrypted with it.
func TestTheStagesKeyEncryptsAllData(t *testing.T) {
	k := templates(t)["backoffice-test-shared"].OfType("AWS::KMS::Key")["Key"]
	policy := k.Text("KeyPolicy")
	if k.Properties["EnableKeyRotation"] != true || k.DeletionPolicy != "RetainExceptOnCreate" || !strings.Contains(policy, `"kms:ViaService":`) || strings.Count(policy, `"kms:*"`) != 1 {
		t.Errorf("key %v", k.Properties)
	}
	for _, d := range catalog.Domains() {
		for _, table := range templates(t)["backoffice-test-"+d.Name].OfType("AWS::DynamoDB::Table") {
			if table.Text("SSESpecification", "KMSMasterKeyId") != `{"Ref":"Key"}` {
				t.Errorf("%s: %v", d.Name, table.Properties["SSESpecification"])
			}
		}
	}
}
