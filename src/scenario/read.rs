//! Reading a file.
