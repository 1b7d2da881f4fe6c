package gathering

// What follows enters values as they are, for who brings a gathering over from elsewhere and has checked them; nil, or what
// is empty, takes away. Methods that people's words lead to are elsewhere.

// PutTrack enters a track under its key.
func (d *Draft) PutTrack(key string, t *Track) { enter(d, field(trackKind, key), t) }

// PutNow enters what a track talks of.
func (d *Draft) PutNow(track string, n *Note) { enter(d, field(nowKind, track), n) }

// PutNext enters what a track talks of after that.
func (d *Draft) PutNext(track string, list []Note) {
	if len(list) == 0 {
		d.drop(field(nextKind, track))
		return
	}
	d.set(field(nextKind, track), list)
}

// PutPlace enters where a track is.
func (d *Draft) PutPlace(track string, p *Place) { enter(d, field(placeKind, track), p) }

// PutBooking enters whose a spot is.
func (d *Draft) PutBooking(s Spot, b *Booking) { enter(d, bookField(s), b) }

// PutPresence enters where a person is.
func (d *Draft) PutPresence(person string, in *CheckIn) { enter(d, field(inKind, person), in) }

// PutSubscription enters what a person is told of.
func (d *Draft) PutSubscription(person string, s *Subscription) {
	enter(d, field(subscriptionKind, person), s)
}

// PutModerators enters who moderates a track.
func (d *Draft) PutModerators(track string, list []string) {
	if len(list) == 0 {
		d.drop(field(moderatorsKind, track))
		return
	}
	d.set(field(moderatorsKind, track), list)
}

// PutSuccess and PutThanks enter all successes, and all thanks, numbered anew in their order.
func (d *Draft) PutSuccess(list []Remark) { d.remarks(successKind, list) }

// PutThanks is as PutSuccess.
func (d *Draft) PutThanks(list []Remark) { d.remarks(thanksKind, list) }

func (d *Draft) remarks(kind string, list []Remark) {
	d.dropKinds(kind)
	for i, r := range list {
		d.set(numberField(kind, int64(i)+1), r)
	}
}

// PutStatus enters what everybody is told.
func (d *Draft) PutStatus(s *Status) { enter(d, statusField, s) }

// PutBanners enters all messages.
func (d *Draft) PutBanners(list []Banner) { d.banners(list) }

func enter[T any](d *Draft, name string, value *T) {
	if value == nil {
		d.drop(name)
		return
	}
	d.set(name, value)
}
