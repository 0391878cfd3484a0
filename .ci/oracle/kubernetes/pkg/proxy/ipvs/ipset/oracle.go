package ipset

// SetDefaults gives a set what the real CreateSet gives it before it calls ipset.
func (set *IPSet) SetDefaults() {
	set.setIPSetDefaults()
}
