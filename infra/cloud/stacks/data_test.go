package stacks_test

import (
	"strings"
	"testing"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/internal/catalog"
	"backoffice/internal/files"
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
		if !strings.Contains(encryption, `"aws:kms"`) || !strings.Contains(encryption, `"Key","Arn"`) || b.Text("VersioningConfiguration", "Status") != "Enabled" || b.DeletionPolicy != "Retain" {
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
}

// The key is used by way of the services that hold the data, never directly, and each table and bucket is encrypted with it.
func TestTheStagesKeyEncryptsAllData(t *testing.T) {
	k := templates(t)["backoffice-test-shared"].OfType("AWS::KMS::Key")["Key"]
	policy := k.Text("KeyPolicy")
	if k.Properties["EnableKeyRotation"] != true || k.DeletionPolicy != "Retain" || !strings.Contains(policy, `"kms:ViaService":`) || strings.Count(policy, `"kms:*"`) != 1 {
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
