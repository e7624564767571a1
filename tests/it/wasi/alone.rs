//! Scripts on which hosts differ, with the results that the world gives and why.

/// Names, scripts, and what each call gives: the error number and what is shown.
pub(crate) const CASES: &[(&str, &str, &[&str])] = &[
    (
        // Some hosts have no fallocate; where there is one, it never cuts.
        "allocates",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_allocate @a 0 10\nfd_allocate @a 2 3\nfd_filestat_get @a stat\nfd_allocate 3 0 1\nfd_allocate @a 0 0",
        &[
            "0 a=4",
            "0",
            "0",
            "0 type Some(4) links 1 size 10",
            "8",
            "28",
        ],
    ),
    (
        // Some hosts end the program at a value that the interface does not name.
        "hands over values that do not exist",
        "path_open 3 2 'f' 0 READ 0 0 >a\npath_open 3 0 'f' 16 READ 0 0 >a\npath_open 3 0 'f' 0 READ 0 32 >a\npath_open 3 0 'f' 0 1099511627776 0 0 >a\npath_open 3 0 'f' 0 READ 0 0 >a\nfd_seek @a 0 7 >p\nfd_fdstat_set_flags @a 64\nfd_advise @a 0 10 9\npath_filestat_get 3 2 'f' stat\nfd_filestat_set_times @a 1 2 16\nclock_time_get 9 0 >t\nclock_res_get 7 >t\npoll_oneoff poll:clock/7/9/1/0 >n\npoll_oneoff poll:other/7/1 >n\npoll_oneoff poll:clock/7/1/1/8 >n",
        &[
            "28 a=0",
            "28 a=0",
            "28 a=0",
            "28 a=0",
            "0 a=4",
            "28 p=0",
            "28",
            "28",
            "28 type Some(0) links 0 size 0",
            "28",
            "28 t=0",
            "28 t=0",
            "28 [] n=0",
            "28 [] n=0",
            "28 [] n=0",
        ],
    ),
    (
        // A file can be read at any time; some hosts look after the others.
        "waits for a file and its end",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\npoll_oneoff poll:read/9/4,write/10/4 >n\nfd_seek @a 0 END >p\npoll_oneoff poll:read/9/4 >n",
        &[
            "0 a=4",
            "0 [\"10 error 0 type 2\", \"9 error 0 type 1\"] n=2",
            "0 p=5",
            "0 [\"9 error 0 type 1\"] n=1",
        ],
    ),
    (
        // rmdir(2) takes a slash at the end.
        "removes a directory with a slash at the end",
        "path_remove_directory 3 'd/e/'",
        &["0"],
    ),
    (
        // readv(2) and writev(2) go through all pieces.
        "reads and writes vectors",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_read @a in:2,2 >n\nfd_pwrite @a out:'AB','CD' 0 >n\nfd_pread @a in:3,9 0 >n",
        &[
            "0 a=4",
            "0 \"he\" \"ll\" n=4",
            "0 n=4",
            "0 \"ABC\" \"Do\\x00\\x00\\x00\\x00\\x00\\x00\\x00\" n=5",
        ],
    ),
    (
        "has clocks that stand where the made-up machine is",
        "clock_res_get 0 >r\nclock_time_get 0 0 >t\nclock_time_get 1 0 >t",
        &["0 r=1000", "0 t=1794324247000001000", "0 t=271834000002000"],
    ),
    (
        "waits in virtual time",
        "poll_oneoff poll:clock/7/1/86400000000000/0 >n\nclock_time_get 0 0 >t",
        &["0 [\"7 error 0 type 0\"] n=1", "0 t=1794410647000001000"],
    ),
    (
        "draws the same random bytes in every run",
        "random_get buf:4\nrandom_get buf:0",
        &["0 \"\\x84l\\x8e\\xbf\"", "0 \"\""],
    ),
    (
        "signals itself with none",
        "proc_raise 0\nproc_raise 99",
        &["0", "28"],
    ),
    (
        "has no sockets",
        "sock_accept 1 0 >a\nsock_recv 1 0 0 0 >n >n\nsock_send 1 0 0 0 >n",
        &["57 a=0", "57 n=0 n=0", "57 n=0"],
    ),
];
