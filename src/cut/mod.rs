//! Shot list → edit decision list → segments → film: transitions, titles,
//! sound; integer frames only. Does not know networks.

pub mod edl;
pub mod assemble;
