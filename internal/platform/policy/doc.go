// Package policy decides, by Cedar policies and from facts alone, whether a principal has a right. It reads no store and no
// clock: who loads the facts is package platformwire.
//
// Rights and their patterns are package right's. Cedar sees a pattern as an ancestor of every action that it covers.
//
// Whatever goes wrong denies. Cedar skips a policy whose evaluation fails, even one that forbids; here any such error refuses
// the whole question.
package policy
