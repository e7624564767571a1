#![no_main]

lazaret_fuzz::program!(net);
