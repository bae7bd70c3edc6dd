package page

const (
	// LimitDefault is the number of records of a page when the client names none.
	LimitDefault = 50
	// LimitMax is the largest number of records that a client may ask for at once. More is refused rather than cut down, so that
	// nobody takes a short page for the end of the list.
	LimitMax = 200
)
