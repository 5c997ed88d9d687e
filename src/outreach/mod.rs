//! The contact policy: may we write to this person now, and why. Pure.
