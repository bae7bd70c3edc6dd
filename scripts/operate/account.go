package main

import "backoffice/scripts/awscall"

// account is the account that is operated on.
type account struct{ awscall.Account }

// in gives the same account in another region.
func (a account) in(region string) account {
	a.Config.Region = region
	return a
}
