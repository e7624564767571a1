//! Scripts that must end alike on a disk and in a world. Every one begins with the directory 3, in which are the files
//! `f` (hello), `empty` and `d/g` (deep down), the directory `d/e`, and the links `l` to `f`, `ld` to `d`, `d/back` to
//! `../f`, `dangling` and `loop`.

/// Names and scripts.
pub(crate) const CASES: &[(&str, &str)] = &[
    // Opening.
    (
        "reads a file",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_read @a in:16 >n\nfd_read @a in:16 >n\nfd_close @a",
    ),
    (
        "opens what is not there",
        "path_open 3 0 'no' 0 READ 0 0 >a",
    ),
    (
        "makes a file and writes",
        "path_open 3 0 'new' CREAT READ|WRITE 0 0 >a\nfd_write @a out:'abc' >n\nfd_seek @a 0 SET >p\nfd_read @a in:8 >n",
    ),
    (
        "makes a file without any right",
        "path_open 3 0 'new' CREAT 0 0 0 >a\nfd_fdstat_get @a fdstat\nfd_close @a",
    ),
    (
        "makes one that is there",
        "path_open 3 0 'f' CREAT READ|WRITE 0 0 >a\nfd_read @a in:8 >n",
    ),
    (
        "makes only what is not there",
        "path_open 3 0 'f' CREAT|EXCL WRITE 0 0 >a\npath_open 3 0 'g' CREAT|EXCL WRITE 0 0 >b",
    ),
    (
        "makes nothing through a dangling link exclusively",
        "path_open 3 FOLLOW 'dangling' CREAT|EXCL WRITE 0 0 >a",
    ),
    (
        "makes through a dangling link",
        "path_open 3 FOLLOW 'dangling' CREAT WRITE 0 0 >a",
    ),
    (
        "makes in a directory that is not there",
        "path_open 3 0 'no/x' CREAT WRITE 0 0 >a",
    ),
    (
        "makes with a slash at the end",
        "path_open 3 0 'x/' CREAT WRITE 0 0 >a",
    ),
    (
        "empties a file",
        "path_open 3 0 'f' TRUNC WRITE 0 0 >a\nfd_filestat_get @a stat",
    ),
    (
        "empties a file without the right to write",
        "path_open 3 0 'f' TRUNC READ 0 0 >a\nfd_read @a in:8 >n",
    ),
    (
        "reads what is open for writing only",
        "path_open 3 0 'f' 0 WRITE 0 0 >a\nfd_read @a in:8 >n\nfd_fdstat_get @a fdstat",
    ),
    (
        "writes what is open for reading only",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_write @a out:'x' >n\nfd_fdstat_get @a fdstat\nfd_filestat_set_size @a 1",
    ),
    (
        "opens a directory",
        "path_open 3 0 'd' 0 READ 0 0 >a\nfd_fdstat_get @a fdstat\nfd_filestat_get @a stat",
    ),
    (
        "opens a directory as one",
        "path_open 3 0 'd' DIRECTORY READ 0 0 >a\npath_open @a 0 'g' 0 READ 0 0 >b\nfd_read @b in:16 >n",
    ),
    (
        "opens a file as a directory",
        "path_open 3 0 'f' DIRECTORY READ 0 0 >a",
    ),
    (
        "opens a directory for writing",
        "path_open 3 0 'd' DIRECTORY READ|WRITE 0 0 >a\npath_open 3 0 'd' CREAT WRITE 0 0 >b",
    ),
    (
        "makes a directory by opening",
        "path_open 3 0 'x' CREAT|DIRECTORY 0 0 0 >a\npath_open 3 0 'd' TRUNC|DIRECTORY 0 0 0 >a",
    ),
    (
        "opens below a file",
        "path_open 3 0 'f' 0 0 0 0 >a\npath_open @a 0 'x' CREAT 0 0 0 >b",
    ),
    (
        "opens relative to a stream",
        "path_open 1 0 'f' 0 READ 0 0 >a\npath_open 77 0 'f' 0 READ 0 0 >a",
    ),
    (
        "opens the directory itself",
        "path_open 3 0 '.' 0 READ 0 0 >a\npath_open 3 0 'd/..' 0 READ 0 0 >b\npath_open 3 0 '.' 0 0 0 NONBLOCK >c",
    ),
    (
        "opens with synchronous writes",
        "path_open 3 0 'f' 0 READ 0 DSYNC >a",
    ),
    (
        "follows dots within",
        "path_open 3 0 'd/.//e/../../d/e/..//g' 0 READ 0 0 >a\nfd_read @a in:16 >n",
    ),
    (
        "climbs out",
        "path_open 3 0 '../f' 0 READ 0 0 >a\npath_open 3 0 'd/../../f' 0 READ 0 0 >a\npath_open 3 0 '..' 0 READ 0 0 >a",
    ),
    (
        "climbs out of a directory below",
        "path_open 3 0 'd' 0 READ 0 0 >a\npath_open @a 0 '../f' 0 READ 0 0 >b\npath_open @a FOLLOW 'back' 0 READ 0 0 >b",
    ),
    (
        "climbs from what is not there",
        "path_open 3 0 'no/../f' 0 READ 0 0 >a\npath_open 3 0 'f/../f' 0 READ 0 0 >a",
    ),
    (
        "starts at the root",
        "path_open 3 0 '/f' 0 READ 0 0 >a\npath_filestat_get 3 0 '/f' stat\npath_unlink_file 3 '/f'\npath_create_directory 3 '/x'\npath_rename 3 '/f' 3 'x'",
    ),
    (
        "has a NUL",
        "path_open 3 0 'f\\0' 0 READ 0 0 >a\npath_open 3 0 'f\\0x' CREAT WRITE 0 0 >a",
    ),
    (
        "is empty",
        "path_open 3 0 '' 0 READ 0 0 >a\npath_filestat_get 3 0 '' stat\npath_create_directory 3 ''",
    ),
    (
        "ends in slashes",
        "path_open 3 0 'f/' 0 READ 0 0 >a\npath_open 3 0 'f///' 0 READ 0 0 >a\npath_open 3 0 'd/' 0 READ 0 0 >a\npath_open 3 0 'd///' 0 READ 0 0 >b",
    ),
    (
        "goes through a file",
        "path_open 3 0 'f/x' 0 READ 0 0 >a\npath_filestat_get 3 0 'f/x' stat\npath_unlink_file 3 'f/x'",
    ),
    // Links.
    (
        "follows a link when asked",
        "path_open 3 FOLLOW 'l' 0 READ 0 0 >a\nfd_read @a in:8 >n\npath_open 3 0 'l' 0 READ 0 0 >b",
    ),
    (
        "follows links on the way always",
        "path_open 3 0 'ld/g' 0 READ 0 0 >a\nfd_read @a in:16 >n\npath_open 3 0 'ld/e/../g' 0 READ 0 0 >b",
    ),
    (
        "follows a link to a directory",
        "path_open 3 FOLLOW 'ld' DIRECTORY 0 0 0 >a\npath_open 3 FOLLOW 'l' DIRECTORY 0 0 0 >b",
    ),
    (
        "follows a loop",
        "path_open 3 FOLLOW 'loop' 0 READ 0 0 >a\npath_open 3 0 'loop' 0 READ 0 0 >a\npath_open 3 0 'loop/x' 0 READ 0 0 >a",
    ),
    (
        "opens a dangling link",
        "path_open 3 0 'dangling' 0 READ 0 0 >a\npath_open 3 FOLLOW 'dangling' 0 READ 0 0 >a",
    ),
    (
        "makes and reads a link",
        "path_symlink 'd/g' 3 's'\npath_readlink 3 's' buf:8 >n\npath_readlink 3 's' buf:2 >n\npath_open 3 FOLLOW 's' 0 READ 0 0 >a\nfd_read @a in:16 >n",
    ),
    (
        "makes a link over what is there",
        "path_symlink 'x' 3 'f'\npath_symlink 'x' 3 'd'\npath_symlink 'x' 3 'd/'\npath_symlink 'x' 3 'new/'\npath_symlink 'x' 3 'dangling'",
    ),
    (
        "makes a link to the root",
        "path_symlink '/' 3 's'\npath_symlink '/etc/passwd' 3 's'",
    ),
    (
        "makes a link that leads out",
        "path_symlink '../f' 3 's'\npath_open 3 FOLLOW 's' 0 READ 0 0 >a\npath_readlink 3 's' buf:8 >n\npath_filestat_get 3 FOLLOW 's' stat\npath_filestat_get 3 0 's' stat",
    ),
    ("makes an empty link", "path_symlink '' 3 's'"),
    (
        "reads what is no link",
        "path_readlink 3 'f' buf:8 >n\npath_readlink 3 'd' buf:8 >n\npath_readlink 3 'no' buf:8 >n",
    ),
    (
        "adds a name",
        "path_link 3 0 'f' 3 'h'\npath_filestat_get 3 0 'h' stat\npath_unlink_file 3 'f'\npath_filestat_get 3 0 'h' stat",
    ),
    (
        "adds a name over what is there",
        "path_link 3 0 'f' 3 'f'\npath_link 3 0 'f' 3 'd'\npath_link 3 0 'f' 3 'dangling'\npath_link 3 0 'f' 3 'x/'",
    ),
    (
        "adds a name to what cannot have one",
        "path_link 3 0 'd' 3 'x'\npath_link 3 0 'no' 3 'x'\npath_link 3 FOLLOW 'l' 3 'x'",
    ),
    (
        "adds a name to a link",
        "path_link 3 0 'dangling' 3 'x'\npath_readlink 3 'x' buf:16 >n\npath_link 3 0 'loop' 3 'y'",
    ),
    // Directories.
    (
        "makes and removes a directory",
        "path_create_directory 3 'x'\npath_create_directory 3 'x/y'\npath_remove_directory 3 'x'\npath_remove_directory 3 'x/y'\npath_remove_directory 3 'x'",
    ),
    (
        "makes a directory where something is",
        "path_create_directory 3 'd'\npath_create_directory 3 'f'\npath_create_directory 3 'dangling'\npath_create_directory 3 'no/x'\npath_create_directory 3 'x/'",
    ),
    (
        "removes a file as a directory",
        "path_remove_directory 3 'f'\npath_remove_directory 3 'f/'\npath_remove_directory 3 'no'\npath_remove_directory 3 'ld'",
    ),
    (
        "removes a directory as a file",
        "path_unlink_file 3 'd'\npath_unlink_file 3 'd/'\npath_unlink_file 3 'f/'\npath_unlink_file 3 'no'",
    ),
    (
        "removes files and links",
        "path_unlink_file 3 'f'\npath_unlink_file 3 'l'\npath_unlink_file 3 'loop'\npath_unlink_file 3 'd/g'",
    ),
    (
        "uses a file that was removed",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\npath_unlink_file 3 'f'\nfd_read @a in:8 >n\nfd_write @a out:'x' >n\nfd_filestat_get @a stat\npath_open 3 0 'f' 0 READ 0 0 >b",
    ),
    (
        "uses a directory that was removed",
        "path_create_directory 3 'x'\npath_open 3 0 'x' DIRECTORY READ 0 0 >a\npath_remove_directory 3 'x'\npath_open @a 0 'y' CREAT WRITE 0 0 >b\npath_create_directory @a 'y'\nfd_filestat_get @a stat",
    ),
    (
        "uses a directory that was moved",
        "path_open 3 0 'd' DIRECTORY READ 0 0 >a\npath_rename 3 'd' 3 'moved'\npath_open @a 0 'g' 0 READ 0 0 >b\nfd_read @b in:16 >n\npath_create_directory @a 'inside'",
    ),
    (
        "lists a directory",
        "path_open 3 0 'd' DIRECTORY READ 0 0 >a\nfd_readdir @a dirents:512 0 >n",
    ),
    (
        "lists an empty directory",
        "path_open 3 0 'd/e' DIRECTORY READ 0 0 >a\nfd_readdir @a dirents:512 0 >n",
    ),
    (
        "lists with a small buffer",
        "path_open 3 0 'd/e' DIRECTORY READ 0 0 >a\nfd_readdir @a dirents:30 0 >n\nfd_readdir @a dirents:64 1 >n\nfd_readdir @a dirents:64 2 >n\nfd_readdir @a dirents:64 9 >n\nfd_readdir @a dirents:10 0 >n",
    ),
    (
        "lists what is no directory",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_readdir @a dirents:64 0 >n\nfd_readdir 1 dirents:64 0 >n\nfd_readdir 99 dirents:64 0 >n",
    ),
    // Renaming.
    (
        "renames files",
        "path_rename 3 'f' 3 'x'\npath_rename 3 'x' 3 'empty'\npath_rename 3 'no' 3 'y'\npath_rename 3 'empty' 3 'empty'",
    ),
    (
        "renames directories",
        "path_rename 3 'd' 3 'x'\npath_create_directory 3 'y'\npath_rename 3 'x' 3 'y'\npath_create_directory 3 'z'\npath_rename 3 'z' 3 'y'",
    ),
    (
        "renames a directory into itself",
        "path_rename 3 'd' 3 'd/x'\npath_rename 3 'd' 3 'd'",
    ),
    (
        "renames across kinds",
        "path_rename 3 'f' 3 'd'\npath_rename 3 'd' 3 'f'\npath_rename 3 'd/e' 3 'empty'\npath_rename 3 'empty' 3 'd/e'",
    ),
    (
        "renames with slashes",
        "path_rename 3 'd/' 3 'x'\npath_rename 3 'x' 3 'd/'\npath_rename 3 'd/' 3 'x/'\npath_rename 3 'f/' 3 'y'\npath_rename 3 'f' 3 'y/'",
    ),
    (
        "renames links",
        "path_rename 3 'l' 3 'm'\npath_readlink 3 'm' buf:4 >n\npath_rename 3 'dangling' 3 'f'\npath_readlink 3 'f' buf:16 >n",
    ),
    (
        "renames between directories",
        "path_open 3 0 'd' DIRECTORY READ 0 0 >a\npath_rename 3 'f' @a 'f'\npath_rename @a 'g' 3 'g'\npath_rename @a 'g' 3 '../g'\npath_rename 3 'g' 1 'g'",
    ),
    // Reading and writing.
    (
        "seeks and tells",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_tell @a >p\nfd_seek @a 2 SET >p\nfd_seek @a 1 CUR >p\nfd_seek @a -1 END >p\nfd_seek @a -9 CUR >p\nfd_seek @a 100 SET >p\nfd_tell @a >p\nfd_read @a in:4 >n\nfd_write @a out:'x' >n\nfd_filestat_get @a stat",
    ),
    (
        "seeks wrongly",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_seek @a -1 SET >p\nfd_seek 1 0 CUR >p\nfd_seek 3 0 CUR >p\nfd_tell 3 >p\nfd_tell 0 >p\nfd_seek 99 0 SET >p",
    ),
    (
        "reads and writes at a place",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_pwrite @a out:'XY' 1 >n\nfd_pread @a in:8 0 >n\nfd_pread @a in:2 3 >n\nfd_pread @a in:2 50 >n\nfd_tell @a >p\nfd_pwrite @a out:'Z' 8 >n",
    ),
    (
        "appends",
        "path_open 3 0 'f' 0 READ|WRITE 0 APPEND >a\nfd_fdstat_get @a fdstat\nfd_write @a out:'1' >n\nfd_seek @a 0 SET >p\nfd_write @a out:'2' >n\nfd_tell @a >p\nfd_pwrite @a out:'3' 0 >n",
    ),
    (
        "appends no more",
        "path_open 3 0 'f' 0 READ|WRITE 0 APPEND >a\nfd_fdstat_set_flags @a 0\nfd_write @a out:'J' >n\nfd_fdstat_get @a fdstat\nfd_fdstat_set_flags @a APPEND|NONBLOCK\nfd_write @a out:'!' >n\nfd_fdstat_get @a fdstat",
    ),
    (
        "sets flags wrongly",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_fdstat_set_flags @a DSYNC\nfd_fdstat_set_flags 3 APPEND\nfd_fdstat_set_flags 1 APPEND",
    ),
    (
        "reads into what is empty first",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_read @a in:0,8 >n\nfd_read @a in:0 >n",
    ),
    (
        "writes nothing",
        "path_open 3 0 'f' 0 WRITE 0 0 >a\nfd_write @a out:'' >n\nfd_write @a 0 0 >n\nfd_write 99 0 0 >n\nfd_read 99 0 0 >n",
    ),
    (
        "reads and writes directories and streams",
        "fd_read 3 in:4 >n\nfd_pread 3 in:4 0 >n\nfd_write 3 out:'x' >n\nfd_pwrite 3 out:'x' 0 >n\nfd_read 0 in:4 >n\nfd_pread 0 in:4 0 >n\nfd_write 0 out:'x' >n\nfd_read 2 in:4 >n\nfd_pwrite 2 out:'x' 0 >n\nfd_pread 2 in:4 0 >n",
    ),
    (
        "sees what another descriptor writes",
        "path_open 3 0 'f' 0 READ 0 0 >a\npath_open 3 0 'f' 0 WRITE 0 0 >b\nfd_write @b out:'HE' >n\nfd_read @a in:8 >n",
    ),
    (
        "cuts and fills",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_filestat_set_size @a 2\nfd_filestat_get @a stat\nfd_filestat_set_size @a 7\nfd_pread @a in:8 0 >n\nfd_filestat_set_size 3 0\nfd_filestat_set_size 1 0",
    ),
    (
        "advises and syncs",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_advise @a 0 10 0\nfd_advise 3 0 10 0\nfd_advise 1 0 10 0\nfd_sync @a\nfd_datasync @a\nfd_sync 3\nfd_datasync 1\nfd_sync 99",
    ),
    (
        "writes far behind the end",
        "path_open 3 0 'empty' 0 READ|WRITE 0 0 >a\nfd_pwrite @a out:'x' 10 >n\nfd_pread @a in:12 0 >n",
    ),
    // Attributes.
    (
        "asks about files",
        "path_filestat_get 3 0 'f' stat\npath_filestat_get 3 0 'l' stat\npath_filestat_get 3 FOLLOW 'l' stat\npath_filestat_get 3 0 'd' stat\npath_filestat_get 3 0 'no' stat\npath_filestat_get 3 FOLLOW 'dangling' stat\npath_filestat_get 1 0 'f' stat",
    ),
    (
        "asks about descriptors",
        "fd_fdstat_get 0 fdstat\nfd_fdstat_get 1 fdstat\nfd_fdstat_get 3 fdstat\nfd_filestat_get 0 stat\nfd_filestat_get 2 stat\nfd_filestat_get 3 stat\nfd_fdstat_get 9 fdstat\nfd_filestat_get 9 stat",
    ),
    (
        "sets times of a path",
        "path_filestat_set_times 3 0 'f' 1000000007 2000000009 ATIM|MTIM\npath_filestat_get 3 0 'f' times\npath_filestat_set_times 3 0 'f' 5 6 MTIM\npath_filestat_get 3 0 'f' times\npath_filestat_set_times 3 0 'no' 5 6 MTIM",
    ),
    (
        "sets times of a link and of its target",
        "path_filestat_set_times 3 FOLLOW 'l' 1 2 ATIM|MTIM\npath_filestat_get 3 0 'f' times\npath_filestat_set_times 3 0 'l' 3 4 ATIM|MTIM\npath_filestat_get 3 0 'l' times\npath_filestat_get 3 0 'f' times",
    ),
    (
        "sets times of a descriptor",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_filestat_set_times @a 11 12 ATIM|MTIM\nfd_filestat_get @a times\nfd_filestat_set_times 1 11 12 MTIM\nfd_filestat_set_times 99 11 12 MTIM",
    ),
    (
        "sets times twice over",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\nfd_filestat_set_times @a 1 2 ATIM|ATIM_NOW\nfd_filestat_set_times @a 1 2 MTIM|MTIM_NOW\npath_filestat_set_times 3 0 'f' 1 2 MTIM|MTIM_NOW",
    ),
    // Descriptors.
    (
        "closes and counts",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_close @a\nfd_close @a\npath_open 3 0 'f' 0 READ 0 0 >b\nfd_close 99\nfd_close 3\npath_open 3 0 'f' 0 READ 0 0 >c",
    ),
    (
        "renumbers",
        "path_open 3 0 'f' 0 READ 0 0 >a\npath_open 3 0 'd/g' 0 READ 0 0 >b\nfd_renumber @a @b\nfd_read @b in:16 >n\nfd_read @a in:4 >n\nfd_renumber @b @a\nfd_renumber @b @b\nfd_renumber 99 @b",
    ),
    (
        "renumbers a stream and the directory",
        "path_open 3 0 'd' DIRECTORY READ 0 0 >a\nfd_renumber @a 3\npath_open 3 0 'g' 0 READ 0 0 >b\nfd_prestat_get 3 >p\nfd_renumber 0 @b\nfd_fdstat_get 0 fdstat\nfd_fdstat_get @b fdstat",
    ),
    (
        "asks which directories there are",
        "fd_prestat_get 3 >p\nfd_prestat_dir_name 3 buf:1\nfd_prestat_dir_name 3 buf:9\nfd_prestat_dir_name 3 buf:0\nfd_prestat_get 4 >p\nfd_prestat_get 0 >p\nfd_prestat_dir_name 0 buf:1\nfd_prestat_dir_name 9 buf:1",
    ),
    (
        "changes rights",
        "path_open 3 0 'f' 0 READ 0 0 >a\nfd_fdstat_set_rights @a 0 0\nfd_fdstat_set_rights 3 0 0\nfd_fdstat_set_rights 1 0 0\nfd_fdstat_set_rights 99 0 0",
    ),
    ("has no sockets", "sock_shutdown 1 1\nsock_shutdown 99 1"),
    // The process.
    (
        "asks for arguments",
        "args_sizes_get >c >l\nargs_get 40 1000\nfd_write 1 out:'' >n",
    ),
    ("asks for variables", "environ_sizes_get >c >l"),
    (
        "asks for clocks that there are not",
        "clock_time_get 2 0 >t\nclock_time_get 3 0 >t\nclock_res_get 2 >t",
    ),
    ("ends with a code", "path_unlink_file 3 'f'\nproc_exit 33"),
    ("yields", "sched_yield"),
    // Waiting.
    (
        "waits for a clock",
        "poll_oneoff poll:clock/7/1/1000/0,clock/8/1/3600000000000/0 >n\npoll_oneoff poll:clock/9/0/1000/0 >n",
    ),
    (
        "waits for a time that is past",
        "poll_oneoff poll:clock/7/1/1/1 >n\npoll_oneoff poll:clock/7/0/1/1 >n",
    ),
    (
        "waits for descriptors",
        "path_open 3 0 'f' 0 READ|WRITE 0 0 >a\npoll_oneoff poll:write/7/1,write/8/2 >n\npoll_oneoff poll:write/10/4 >n",
    ),
    ("waits for nothing", "poll_oneoff 0 0 0 >n"),
    (
        "waits wrongly",
        "poll_oneoff poll:read/7/99 >n\npoll_oneoff poll:read/7/1 >n\npoll_oneoff poll:write/7/0 >n",
    ),
    // Memory that the module does not have: both end the program.
    (
        "reads text behind the memory",
        "path_open 3 0 16777216 1 0 READ 0 0 >a",
    ),
    (
        "puts a result behind the memory",
        "fd_filestat_get 3 16777216",
    ),
    ("puts a result across the end", "fd_prestat_get 3 1048572"),
    (
        "reads a vector behind the memory",
        "fd_write 1 1048575 1 >n",
    ),
    ("has a length that wraps", "random_get 64 -1"),
    (
        "puts a result at an odd address",
        "fd_tell 3 33\nclock_time_get 1 0 33",
    ),
];
