//! The pages a customer sees (placeholder until the component tree lands).
