package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/samber/lo"

	"github.com/spconform/spconform/conformance/result"
	"github.com/spconform/spconform/spec"
)

// picture is a level in five dimensions: five petals of five rings around the level.
type picture struct {
	Label  string
	Level  string
	Rings  []ring
	Labels []petalLabel
}

// ring is one band of one dimension: earned, open, or undefined by the catalogue.
type ring struct{ Class, Path string }

type petalLabel struct {
	X, Y        string
	Name, Level string
}

const (
	bands     = 5
	hubRadius = 34.0
	ringDepth = 19.0
	ringGap   = 2.5
	// petalGap is the angle between two petals, in radians.
	petalGap = 0.07
)

func pictureOf(tested result.Interface) picture {
	made := picture{Level: levelText(tested.Level, tested.Provisional)}
	levels := lo.KeyBy(tested.Dimensions, func(d result.DimensionLevel) string { return d.Dimension })
	defined := definedBands(tested)
	step := 2 * math.Pi / float64(len(spec.Dimensions))
	var told []string
	for i, dimension := range spec.Dimensions {
		level := levels[string(dimension)]
		from := -math.Pi/2 + (float64(i)-0.5)*step + petalGap/2
		to := from + step - petalGap
		for band := 1; band <= bands; band++ {
			inner := hubRadius + float64(band-1)*ringDepth + ringGap
			made.Rings = append(made.Rings, ring{ringClass(level, defined[string(dimension)][band], band), sector(from, to, inner, inner+ringDepth-ringGap)})
		}
		name, text := words("dimension_"+string(dimension)), levelText(level.Level, level.Provisional)
		// The labels stand just outside of the outermost ring.
		middle, radius := (from+to)/2, hubRadius+bands*ringDepth+22
		made.Labels = append(made.Labels, petalLabel{coordinate(1.18 * radius * math.Cos(middle)), coordinate(radius * math.Sin(middle)), name, text})
		told = append(told, words("picture_dimension", name, lo.Ternary(level.Level == nil, words("undefined"), text)))
	}
	made.Label = words("picture", made.Level, strings.Join(told, ", "))
	return made
}

// definedBands says by dimension and band whether the catalogue has a scored requirement there.
func definedBands(tested result.Interface) map[string]map[int]bool {
	defined := map[string]map[int]bool{}
	for _, row := range tested.Requirements {
		if row.Experimental {
			continue
		}
		if defined[row.Dimension] == nil {
			defined[row.Dimension] = map[int]bool{}
		}
		defined[row.Dimension][row.Band] = true
	}
	return defined
}

func ringClass(level result.DimensionLevel, defined bool, band int) string {
	switch {
	case !defined:
		return "none"
	case level.Level == nil || band > *level.Level:
		return "open"
	case level.Provisional:
		return "provisional"
	}
	return "earned"
}

// sector is the outline of a part of a ring between two angles and two radii.
func sector(from, to, inner, outer float64) string {
	point := func(radius, angle float64) string {
		return coordinate(radius*math.Cos(angle)) + " " + coordinate(radius*math.Sin(angle))
	}
	return fmt.Sprintf("M%s A%g %g 0 0 1 %s L%s A%g %g 0 0 0 %s Z",
		point(outer, from), outer, outer, point(outer, to), point(inner, to), inner, inner, point(inner, from))
}

func coordinate(value float64) string { return fmt.Sprintf("%.1f", value) }
