package guard

// stateful are the resources whose loss loses data: they outlive their stack.
var stateful = []string{typeTable, typeBucket, typeUserPool, typeKey, typeSecret, typeVault}

// dataRules are about what holds data.
func dataRules() []rule {
	return []rule{
		need("recovery", func(p place) bool {
			return p.is(true, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")
		},
			"point-in-time recovery is off", typeTable),
		need("encryption", func(p place) bool { return p.is(true, "SSESpecification", "SSEEnabled") },
			"it is not encrypted with a key of the account", typeTable),
		need("encryption", func(p place) bool { return p.holds("BucketEncryption", "ServerSideEncryptionConfiguration") },
			"its objects are not encrypted", typeBucket),
		need("encryption", func(p place) bool { return p.is(true, "SqsManagedSseEnabled") || p.holds("KmsMasterKeyId") },
			"its messages are not encrypted", typeQueue),
		need("encryption", func(p place) bool { return p.holds("KmsMasterKeyId") }, "its messages are not encrypted", typeTopic),
		need("customer-key", func(p place) bool { return !p.has(typeKey) || p.holds("SSESpecification", "KMSMasterKeyId") },
			"the system has a key of its own, and it does not use it", typeTable),
		need("customer-key", func(p place) bool { return !p.has(typeKey) || bucketKey(p) },
			"the system has a key of its own, and it does not use it", typeBucket),
		need("key-rotation", func(p place) bool {
			return p.is(true, "EnableKeyRotation") || p.holds("KeySpec") && !p.is("SYMMETRIC_DEFAULT", "KeySpec")
		},
			"it is never rotated", typeKey),
		need("retain", retained, "it goes with its stack, or when it is replaced", stateful...),
		need("make-anew", func(p place) bool { return p.DeletionPolicy != "Retain" },
			"where its making is taken back it stays, and the next deployment finds its name taken", typeBucket, typeKey, typeSecret, typeVault),
		need("deletion-protection", func(p place) bool { return p.is(true, "DeletionProtectionEnabled") }, "it can be deleted", typeTable),
		need("deletion-protection", func(p place) bool { return p.is("ACTIVE", "DeletionProtection") }, "it can be deleted", typeUserPool),
		need("public-bucket", private, "the public is not shut out", typeBucket),
		need("tls-only", func(p place) bool { return p.policyDeniesPlain(typeBucketPolicy, "Bucket") }, "no policy refuses what comes without TLS", typeBucket),
		need("tls-only", func(p place) bool { return p.policyDeniesPlain(typeTopicPolicy, "Topics") }, "no policy refuses what comes without TLS", typeTopic),
	}
}

// retained tells whether a resource outlives its stack. What is protected from deletion cannot go where its making is taken back
// either: CloudFormation would be stuck at it.
func retained(p place) bool {
	shielded := p.Type == typeTable || p.Type == typeUserPool
	return p.UpdateReplacePolicy == "Retain" && (p.DeletionPolicy == "Retain" || p.DeletionPolicy == "RetainExceptOnCreate" && !shielded)
}

// bucketKey tells whether each of a bucket's defaults encrypts with a key that is named.
func bucketKey(p place) bool {
	defaults := list(p.get("BucketEncryption", "ServerSideEncryptionConfiguration"))
	for _, d := range defaults {
		if text(member(d, "ServerSideEncryptionByDefault", "KMSMasterKeyID")) == "" {
			return false
		}
	}
	return len(defaults) > 0
}

// private wants all four blocks: each closes another way in.
func private(p place) bool {
	for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		if !p.is(true, "PublicAccessBlockConfiguration", block) {
			return false
		}
	}
	return !p.holds("AccessControl") || p.is("Private", "AccessControl")
}

// policyDeniesPlain looks for the resource's policy and in it for the statement that refuses all but TLS.
func (p place) policyDeniesPlain(kind, of string) bool {
	for _, r := range p.resources {
		if r.Type != kind || !mentions(r.get(of), p.id) {
			continue
		}
		for _, s := range list(r.get("PolicyDocument", "Statement")) {
			if member(s, "Effect") == "Deny" && text(member(s, "Condition", "Bool", "aws:SecureTransport")) == "false" {
				return true
			}
		}
	}
	return false
}
