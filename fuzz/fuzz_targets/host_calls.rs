#![no_main]

lazaret_fuzz::program!(host_calls);
