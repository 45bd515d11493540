//! Operator messages, with `regress` as the engine: [MSG-01] to [MSG-27], [MSG-32].

mod fields;
mod laws;
mod overlaps;
mod rules;
mod support;
mod times;
mod vectors;
