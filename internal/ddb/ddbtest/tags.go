package ddbtest

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// arnOf is the ARN of a table.
func (c *C) arnOf(table string) *string {
	answer, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	c.must(err)
	return answer.Table.TableArn
}

// tagsOf writes a table's tags as "key=value", sorted.
func (c *C) tagsOf(arn *string) string {
	answer, err := c.DB.ListTagsOfResource(c.ctx, &dynamodb.ListTagsOfResourceInput{ResourceArn: arn})
	c.must(err)
	var words []string
	for _, tag := range answer.Tags {
		words = append(words, *tag.Key+"="+*tag.Value)
	}
	return sortedWords(join(words))
}

func tag(key, value string) types.Tag {
	return types.Tag{Key: aws.String(key), Value: aws.String(value)}
}

func tagChecks(s *Suite) {
	s.check("none at first", func(c *C) {
		c.same("tags", c.tagsOf(c.arnOf(c.ownTable(tableSpec{hash: "pk S"}))), "")
	})
	s.check("add replace and remove", func(c *C) {
		arn := c.arnOf(c.ownTable(tableSpec{hash: "pk S"}))
		set := func(tags ...types.Tag) {
			_, err := c.DB.TagResource(c.ctx, &dynamodb.TagResourceInput{ResourceArn: arn, Tags: tags})
			c.must(err)
		}
		set(tag("team", "a"), tag("stage", "test"))
		set(tag("team", "b"))
		c.same("tags", c.tagsOf(arn), "stage=test team=b")
		_, err := c.DB.UntagResource(c.ctx, &dynamodb.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"stage", "gone"}})
		c.must(err)
		c.same("tags", c.tagsOf(arn), "team=b")
	})
	s.check("given at creation", func(c *C) {
		spec := tableSpec{name: "ddbtest-tagged", hash: "pk S"}
		c.dropTable(c.ctx, spec.name)
		request := spec.input()
		request.Tags = []types.Tag{tag("team", "a")}
		_, err := c.DB.CreateTable(c.ctx, request)
		c.must(err)
		defer c.dropTable(c.ctx, spec.name)
		c.awaitTable(spec.name, func(d *types.TableDescription) bool { return d.TableStatus == types.TableStatusActive })
		c.same("tags", c.tagsOf(c.arnOf(spec.name)), "team=a")
	})
	s.check("refused unknown table", func(c *C) {
		arn := c.arnOf(c.table(plainTable))
		other := aws.String(strings.Replace(*arn, plainTable.name, "ddbtest-no-such-table", 1))
		_, err := c.DB.TagResource(c.ctx, &dynamodb.TagResourceInput{ResourceArn: other, Tags: []types.Tag{tag("a", "b")}})
		c.wantError(err, notFound)
		_, err = c.DB.ListTagsOfResource(c.ctx, &dynamodb.ListTagsOfResourceInput{ResourceArn: other})
		if code := ErrorCode(err); code != notFound && code != "AccessDeniedException" {
			c.Errorf("error code: got %q", code)
		}
	})
	s.check("refused bad arn", func(c *C) {
		_, err := c.DB.TagResource(c.ctx, &dynamodb.TagResourceInput{ResourceArn: aws.String("no-arn"), Tags: []types.Tag{tag("a", "b")}})
		c.wantError(err, validation)
	})
	s.check("refused no tags", func(c *C) {
		_, err := c.DB.TagResource(c.ctx, &dynamodb.TagResourceInput{ResourceArn: c.arnOf(c.table(plainTable)), Tags: []types.Tag{}})
		c.wantError(err, validation)
	})
}
