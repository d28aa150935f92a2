package directory

import "context"

// Silence makes the feed look unheard of.
func Silence(d *Model) { d.feed.heard.Store(0) }

// FollowHinted is Follow after a hint.
func FollowHinted(ctx context.Context, d *Model) error { return d.follow(ctx, true) }

// ReadChangeOfOne is what a hinted reader asks first.
func ReadChangeOfOne(ctx context.Context, d *Model) (*Profile, error) {
	t, _, err := readChangeOfOne(ctx, d.DB, d.feed.snap)
	return t, err
}
