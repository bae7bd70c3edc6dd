package finance

// Every report says what it does not hold yet, whatever form it is asked for in.

// Awaited is how many acts the report does not hold yet.
func (t TrialBalance) Awaited() int { return t.Pending.Acts }

// Awaited is how many acts the report does not hold yet.
func (l AccountLedger) Awaited() int { return l.Pending.Acts }

// Awaited is how many acts the report does not hold yet.
func (l JournalListing) Awaited() int { return l.Pending.Acts }

// Awaited is how many acts the report does not hold yet.
func (p ProfitAndLoss) Awaited() int { return p.Pending.Acts }

// Awaited is how many acts the report does not hold yet.
func (b BalanceSheet) Awaited() int { return b.Pending.Acts }
