// Command empty does nothing: what a Go program costs in any case.
package main

func main() {}
