package booking

import (
	"time"

	"wattle/internal/money"
)

// Preview is what cancelling would mean, now and later.
type Preview struct {
	Policy    string      // slug of the practice's cancellation policy
	Sentence  string      // for people
	MayCancel bool        // false once the booking is over, cancelled or expired
	FeeNow    money.Cents // what is kept when cancelling now
	RefundNow money.Cents // what comes back when cancelling now
	Steps     []PreviewStep
}

// PreviewStep is what comes back when cancelling before Until.
type PreviewStep struct {
	Until  time.Time
	Refund money.Cents
}

// preview works out what cancelling b means at now. Only free bookings exist as yet, so nothing
// is ever kept and nothing refunded.
func preview(b *Booking, policy string, now time.Time) Preview {
	p := Preview{Policy: policy}
	switch {
	case b.Status == Confirmed && !now.Before(b.Starts):
		p.Sentence = sayBegun
	case b.Status != Confirmed && (b.Status != Held || b.LapsedAt(now)):
		p.Sentence = b.standing()
		if b.LapsedAt(now) {
			p.Sentence = sayLapsed
		}
	default:
		p.MayCancel = true
		p.Sentence = "You can cancel free of charge at any time before it starts. Nothing was charged, so there is nothing to refund."
		p.Steps = []PreviewStep{{Until: b.Starts}}
	}
	return p
}
