package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
)

const (
	// cursorKeyChars letters and digits are the base64 of 33 bytes.
	cursorKeyChars = 44
	// punctuation is written out, too, for what knows only one of the two ways to exclude it.
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

func (s Settings) cursorKeySecret() string { return s.Prefix() + "-cursor-key" }

// shared makes what all domains share: the bus, the key that signs cursors, what data stand on, and the secrets of the edge.
func shared(app awscdk.App, s Settings) awscdk.Stack {
	stack := s.newStack(app, "shared", "Event bus, keys, secrets and buckets")
	awsevents.NewCfnEventBus(stack, jsii.String("Bus"), &awsevents.CfnEventBusProps{Name: jsii.String(s.Prefix())})
	key := awssecretsmanager.NewCfnSecret(stack, jsii.String("CursorKey"), &awssecretsmanager.CfnSecretProps{Name: jsii.String(s.cursorKeySecret()),
		Description: jsii.String("Signs list cursors; replacing it makes clients in the middle of a list begin again"),
		GenerateSecretString: &awssecretsmanager.CfnSecret_GenerateSecretStringProperty{PasswordLength: jsii.Number(cursorKeyChars),
			ExcludePunctuation: jsii.Bool(true), ExcludeCharacters: jsii.String(punctuation)}})
	construct.Keep(key)
	data(stack, s)
	named(stack, "FieldKeyName", s.parameter("field-key"), construct.FieldKey(stack, "alias/"+s.Prefix()+"-fields").AttrArn())
	s.newOriginSecrets(stack)
	return stack
}
