package gathering

import (
	"slices"
)

// AddBanner puts a message behind those that are there.
func (d *Draft) AddBanner(level, text string) error {
	if err := CheckLevel(level); err != nil {
		return err
	}
	text, err := CheckText(text)
	switch {
	case err != nil:
		return err
	case text == "":
		return refuse(ErrInvalid, "Missing parameters (~motd add LEVEL MSG)")
	case len(d.Banners) >= MaxBanners:
		return refuse(ErrFull, "There are %d messages already, which is as many as there may be", MaxBanners)
	}
	d.set(bannersField, append(slices.Clip(d.Banners), Banner{Level: level, Text: text, By: d.By, At: d.At}))
	return nil
}

// DelBanner takes the message of a number away, counted from 1.
func (d *Draft) DelBanner(number int) error {
	if err := d.checkBanner(number); err != nil {
		return err
	}
	d.banners(slices.Delete(slices.Clone(d.Banners), number-1, number))
	return nil
}

// ReorderBanners puts messages into the order of their numbers, counted from 1; those that are not named are gone.
func (d *Draft) ReorderBanners(numbers ...int) error {
	var list []Banner
	for i, number := range numbers {
		if err := d.checkBanner(number); err != nil {
			return err
		}
		if slices.Contains(numbers[:i], number) {
			return refuse(ErrInvalid, "Message number %d is named twice", number)
		}
		list = append(list, d.Banners[number-1])
	}
	d.banners(list)
	return nil
}

// ClearBanners takes all messages away.
func (d *Draft) ClearBanners() { d.drop(bannersField) }

func (d *Draft) banners(list []Banner) {
	if len(list) == 0 {
		d.drop(bannersField)
		return
	}
	d.set(bannersField, list)
}

func (d *Draft) checkBanner(number int) error {
	if number < 1 || number > len(d.Banners) {
		return refuse(ErrNone, "Incorrect message number %d", number)
	}
	return nil
}

// RequireVoice says whether the words of tracks are for those with voice only.
func (d *Draft) RequireVoice(required bool) {
	if required {
		d.set(voiceField, true)
		return
	}
	d.drop(voiceField)
}

// SetStatus tells everybody something, an alert or a notice.
func (d *Draft) SetStatus(kind, text string) error {
	text, err := CheckText(text)
	switch {
	case err != nil:
		return err
	case kind != "alert" && kind != "notice":
		return refuse(ErrInvalid, "Unknown status '%s' (should be alert or notice)", short(kind))
	case text == "":
		return refuse(ErrInvalid, "Missing text (#status %s TEXT)", kind)
	}
	d.set(statusField, Status{Kind: kind, Text: text, By: d.By, At: d.At})
	return nil
}

// ClearStatus says that it is over.
func (d *Draft) ClearStatus() { d.drop(statusField) }

// AddSuccess keeps a success that somebody told of at an address.
func (d *Draft) AddSuccess(text, where string) error {
	return d.remark(successKind, d.Success, text, where)
}

// AddThanks keeps thanks that somebody said at an address.
func (d *Draft) AddThanks(text, where string) error {
	return d.remark(thanksKind, d.Thanks, text, where)
}

func (d *Draft) remark(kind string, list []Remark, text, where string) error {
	text, err := CheckText(text)
	switch {
	case err != nil:
		return err
	case text == "":
		return refuse(ErrInvalid, "Missing text (#%s TEXT)", kind)
	case len(list) >= MaxRemarks:
		return refuse(ErrFull, "There are %d of these already, which is as many as there may be", MaxRemarks)
	}
	number := int64(1)
	if len(list) > 0 {
		number = list[len(list)-1].Number + 1
	}
	d.set(numberField(kind, number), Remark{Text: text, By: d.By, At: d.At, Where: where})
	return nil
}
