package backend

import (
	"log/slog"
	"strconv"
)

// LogValue implements slog.LogValuer, without the cookies' values.
func (b Batch) LogValue() slog.Value {
	return slog.GroupValue(slog.String("site", b.Site), opsAttr("ops", b.Ops))
}

// LogValue implements slog.LogValuer, without the cookies' values.
func (a Answer) LogValue() slog.Value {
	return slog.GroupValue(slog.Uint64("version", a.Version), opsAttr("newer", a.Newer), slog.Any("err", a.Err))
}

// LogValue implements slog.LogValuer, without the cookies' values.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("site", e.Site), slog.Uint64("before", e.Before), slog.Uint64("version", e.Version), opsAttr("ops", e.Ops))
}

// LogValue implements slog.LogValuer, without the cookies' values.
func (s Snapshot) LogValue() slog.Value {
	records := make([]slog.Attr, len(s.Records))
	for i, r := range s.Records {
		records[i] = slog.Any(strconv.Itoa(i), r)
	}
	return slog.GroupValue(slog.String("site", s.Site), slog.Uint64("version", s.Version),
		slog.Attr{Key: "records", Value: slog.GroupValue(records...)}, slog.Int("broken", len(s.Broken)))
}

// opsAttr returns Ops as a group: in a slice slog would not call their LogValue.
func opsAttr(key string, ops []Op) slog.Attr {
	attrs := make([]slog.Attr, len(ops))
	for i, o := range ops {
		attrs[i] = slog.Any(strconv.Itoa(i), o)
	}
	return slog.Attr{Key: key, Value: slog.GroupValue(attrs...)}
}
