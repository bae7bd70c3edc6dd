package watch

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
)

const queueLagSecMax = 900

// Beside gives every queue of an app its alarm, in the queue's own stack, whose name for it no other stack knows. What has a
// queue for what it cannot deliver is watched for being behind, and what is such a queue for holding anything at all.
func (s Stage) Beside(app awscdk.App) {
	var queues []awssqs.CfnQueue
	for _, node := range *app.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		if q, ok := node.(awssqs.CfnQueue); ok {
			queues = append(queues, q)
		}
	}
	for _, q := range queues {
		s.queueAlarm(q)
	}
}

func (s Stage) queueAlarm(q awssqs.CfnQueue) {
	stack := awscdk.Stack_Of(q)
	of := (*stack.StackName())[len(s.Prefix)+1:] + "-" + *q.Node().Id()
	queue := func(name string) *metric {
		return &metric{namespace: "AWS/SQS", name: name, statistic: "Maximum", dimensions: []dimension{{"QueueName", q.AttrQueueName()}}}
	}
	if q.RedrivePolicy() == nil {
		s.alarm(stack, Alarm{page: DeadLetters, of: of, says: "Something could not be delivered and was put aside in " + of + ".",
			metric: queue("ApproximateNumberOfMessagesVisible"), above: 0, within: fiveMinutes, breaching: 1, periods: 1, missing: fine})
		return
	}
	s.alarm(stack, Alarm{page: QueueLag, of: of, says: "A message has waited for more than a quarter of an hour in " + of + ".",
		metric: queue("ApproximateAgeOfOldestMessage"), above: queueLagSecMax, within: fiveMinutes, breaching: 1, periods: 1, missing: fine})
}
