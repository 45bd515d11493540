//! The browser's entry point: everything is in the library, which the server compiles as well.

fn main() {
    portal::start();
}
