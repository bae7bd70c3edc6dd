// Package password hashes passwords with argon2id and refuses those that are tried first.
//
// A hash carries its own parameters in the usual text form ($argon2id$v=19$m=19456,t=2,p=1$salt$key), so that stronger ones
// can be chosen later while old hashes still verify.
package password
