package guard

import "slices"

// rule is one thing that resources of certain types must keep.
type rule struct {
	name  string
	types []string // which resources it is about; none: all
	judge func(place) []string
}

// rules are all rules. Their names are what suppressions and messages use, and never change.
func rules() []rule {
	return slices.Concat(computeRules(), dataRules(), accessRules(), deliveryRules(), serviceRules())
}

// Rules gives the names of all rules.
func Rules() []string {
	var out []string
	for _, r := range rules() {
		if !slices.Contains(out, r.name) {
			out = append(out, r.name)
		}
	}
	return out
}

// need makes a rule that asks one question.
func need(name string, keeps func(place) bool, finding string, types ...string) rule {
	return rule{name: name, types: types, judge: func(p place) []string {
		if keeps(p) {
			return nil
		}
		return []string{finding}
	}}
}

// The types of resource that rules are about.
const (
	typeFunction     = "AWS::Lambda::Function"
	typeMapping      = "AWS::Lambda::EventSourceMapping"
	typePermission   = "AWS::Lambda::Permission"
	typeInvokeConfig = "AWS::Lambda::EventInvokeConfig"
	typeMachine      = "AWS::StepFunctions::StateMachine"
	typeLogGroup     = "AWS::Logs::LogGroup"
	typeTable        = "AWS::DynamoDB::Table"
	typeBucket       = "AWS::S3::Bucket"
	typeBucketPolicy = "AWS::S3::BucketPolicy"
	typeKey          = "AWS::KMS::Key"
	typeSecret       = "AWS::SecretsManager::Secret" //nolint:gosec // G101: the name of a type
	typeVault        = "AWS::Backup::BackupVault"
	typeUserPool     = "AWS::Cognito::UserPool"
	typeTopic        = "AWS::SNS::Topic"
	typeTopicPolicy  = "AWS::SNS::TopicPolicy"
	typeSubscription = "AWS::SNS::Subscription"
	typeQueue        = "AWS::SQS::Queue"
	typeQueuePolicy  = "AWS::SQS::QueuePolicy"
	typeRule         = "AWS::Events::Rule"
	typeSchedule     = "AWS::Scheduler::Schedule"
	typeRoute        = "AWS::ApiGatewayV2::Route"
	typeIntegration  = "AWS::ApiGatewayV2::Integration"
	typeStage        = "AWS::ApiGatewayV2::Stage"
	typeDistribution = "AWS::CloudFront::Distribution"
	typeWebACL       = "AWS::WAFv2::WebACL"
	typeRole         = "AWS::IAM::Role"
	typePolicy       = "AWS::IAM::Policy"
	typeManaged      = "AWS::IAM::ManagedPolicy"
	typeAlarm        = "AWS::CloudWatch::Alarm"
	typeComposite    = "AWS::CloudWatch::CompositeAlarm"
)
