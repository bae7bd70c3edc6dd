package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/jsii-runtime-go"
)

// archiveDays is how long events can be sent to their subscribers again. Nothing but a subscriber's own defect needs it: what
// happened stands in the acts, for ever.
const archiveDays = 90

// archive makes the bus's archive. A replay does no harm: subscribers know an event that they have seen by its id, and a step
// of a job counts once.
func archive(app awscdk.App, s Settings, bus awscdk.Stack) {
	stack := s.newStack(app, "archive", "Archive of the event bus")
	stack.AddMetadata(jsii.String("Unproven"), jsii.String("the emulator knows no archives of an event bus"))
	stack.AddStackDependency(bus, jsii.String("it keeps what goes over the bus"))
	source := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("events"), Resource: jsii.String("event-bus"), ResourceName: jsii.String(s.Prefix())})
	awsevents.NewCfnArchive(stack, jsii.String("Archive"), &awsevents.CfnArchiveProps{ArchiveName: jsii.String(s.Prefix()), SourceArn: source,
		Description: jsii.String("What went over the bus, to be sent again"), RetentionDays: jsii.Number(archiveDays)})
}
