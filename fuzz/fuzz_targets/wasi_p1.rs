#![no_main]

lazaret_fuzz::program!(wasi_p1);
