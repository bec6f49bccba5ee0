//! A system that fails on command. The kernel asks this program before every call by which
//! a process, or one that it started, writes below a folder: seccomp's user notification.
//! So what fails is the call itself, whoever makes it: Rust, FFmpeg or the camera.

#![allow(unsafe_code, reason = "the kernel's interface has no safe form")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::mem::zeroed;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use libc::{seccomp_notif, seccomp_notif_resp, sock_filter};

/// A call that writes.
#[derive(Debug)]
pub(crate) struct Call {
    /// How many came before it.
    pub(crate) number: usize,
    /// Its name.
    pub(crate) name: &'static str,
    /// The file or folder.
    pub(crate) path: PathBuf,
}

/// What becomes of a call.
pub(crate) enum Fate {
    /// It is done.
    Goes,
    /// It fails with this error number.
    Fails(i32),
    /// The process is killed before it.
    Dies,
}

/// Where a call says what it writes to.
enum Target {
    /// An open file in this argument.
    Open(usize),
    /// A path in this argument.
    Path(usize),
    /// A path in the second of two arguments, from the folder in the first.
    Below(usize, usize),
}

/// The calls that write, besides `openat`.
const CALLS: [(libc::c_long, &str, Target); 15] = [
    (libc::SYS_write, "write", Target::Open(0)),
    (libc::SYS_pwrite64, "pwrite64", Target::Open(0)),
    (libc::SYS_writev, "writev", Target::Open(0)),
    (libc::SYS_fsync, "fsync", Target::Open(0)),
    (libc::SYS_fdatasync, "fdatasync", Target::Open(0)),
    (libc::SYS_ftruncate, "ftruncate", Target::Open(0)),
    (libc::SYS_fchmod, "fchmod", Target::Open(0)),
    (libc::SYS_copy_file_range, "copy_file_range", Target::Open(2)),
    (libc::SYS_sendfile, "sendfile", Target::Open(0)),
    (libc::SYS_mkdir, "mkdir", Target::Path(0)),
    (libc::SYS_mkdirat, "mkdirat", Target::Below(0, 1)),
    (libc::SYS_rename, "rename", Target::Path(1)),
    (libc::SYS_renameat, "renameat", Target::Below(2, 3)),
    (libc::SYS_renameat2, "renameat2", Target::Below(2, 3)),
    (libc::SYS_linkat, "linkat", Target::Below(2, 3)),
];

/// `openat` writes with one of these flags.
const OPENS_TO_WRITE: i32 = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;

/// The number under which a process has the kernel's questions open.
const QUESTIONS: i32 = 200;

/// Runs a command to its end and decides each call that writes below a folder.
pub(crate) fn run(
    command: &mut Command,
    folder: &Path,
    decide: &mut dyn FnMut(&Call) -> Fate,
) -> Output {
    let filter = filter();
    let mut out = tempfile::tempfile().unwrap();
    let mut err = tempfile::tempfile().unwrap();
    command.stdin(Stdio::null());
    command.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
    // SAFETY: between fork and exec only system calls are made.
    unsafe { command.pre_exec(move || ask_before(&filter)) };
    let mut child = command.spawn().unwrap();
    let questions = questions_of(child.id());
    let mut number = 0;
    while let Some(question) = next(&questions) {
        let call = called(&question, number).filter(|call| call.path.starts_with(folder));
        let fate = call.as_ref().map_or(Fate::Goes, &mut *decide);
        number += usize::from(call.is_some());
        if matches!(fate, Fate::Dies) {
            child.kill().unwrap();
        }
        answer(&questions, question.id, &fate);
    }
    let status = child.wait().unwrap();
    let read = |file: &mut File| {
        let mut text = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut text).unwrap();
        text
    };
    Output { status, stdout: read(&mut out), stderr: read(&mut err) }
}

/// A program of the kernel's: asks before the calls that write, and lets all others go.
fn filter() -> Vec<sock_filter> {
    let step = |code: u32, k: u32, jt: u8, jf: u8| sock_filter { code: code as u16, jt, jf, k };
    let load = |at: u32| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at, 0, 0);
    let equal = |number: libc::c_long, jt: u8| {
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, number as u32, jt, 0)
    };
    let end = |with: u32| step(libc::BPF_RET | libc::BPF_K, with, 0, 0);
    let mut program = vec![load(0)];
    for (at, (number, ..)) in CALLS.iter().enumerate() {
        program.push(equal(*number, (CALLS.len() - at + 4) as u8));
    }
    // The flags are the third argument; the first begins at 16, and each has eight bytes.
    program.extend([
        equal(libc::SYS_openat, 1),
        end(libc::SECCOMP_RET_ALLOW),
        load(32),
        step(libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K, OPENS_TO_WRITE as u32, 1, 0),
        end(libc::SECCOMP_RET_ALLOW),
        end(libc::SECCOMP_RET_USER_NOTIF),
    ]);
    program
}

/// Lets the kernel ask from now on, at `QUESTIONS`.
fn ask_before(filter: &[sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: the kernel copies the program; all arguments live until the calls end.
    unsafe {
        checked(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
        let questions = checked(libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const program,
        ))?;
        checked(libc::dup2(questions as i32, QUESTIONS).into())?;
        checked(libc::close(questions as i32).into())?;
    }
    Ok(())
}

fn checked(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// The questions of a process.
fn questions_of(process: u32) -> OwnedFd {
    // SAFETY: both calls give a file that nobody else has.
    unsafe {
        let process = checked(libc::syscall(libc::SYS_pidfd_open, process, 0)).unwrap();
        let process = OwnedFd::from_raw_fd(process as i32);
        let questions = libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), QUESTIONS, 0);
        OwnedFd::from_raw_fd(checked(questions).unwrap() as i32)
    }
}

/// The next question; `None` when every process that could ask has ended.
fn next(questions: &OwnedFd) -> Option<seccomp_notif> {
    loop {
        let mut poll = libc::pollfd { fd: questions.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: `poll` and `question` live until the calls end.
        unsafe {
            libc::poll(&raw mut poll, 1, -1);
            if poll.revents & libc::POLLIN == 0 {
                if poll.revents & libc::POLLHUP != 0 {
                    return None;
                }
                continue;
            }
            let mut question: seccomp_notif = zeroed();
            let asked = libc::ioctl(
                questions.as_raw_fd(),
                libc::SECCOMP_IOCTL_NOTIF_RECV,
                &raw mut question,
            );
            // Who asked may have been killed since.
            if asked == 0 {
                return Some(question);
            }
        }
    }
}

fn answer(questions: &OwnedFd, id: u64, fate: &Fate) {
    // SAFETY: all of it are numbers.
    let mut answer: seccomp_notif_resp = unsafe { zeroed() };
    answer.id = id;
    match fate {
        Fate::Fails(error) => answer.error = -error,
        Fate::Goes | Fate::Dies => answer.flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32,
    }
    // SAFETY: `answer` lives until the call ends. Who was killed waits for none.
    unsafe {
        libc::ioctl(questions.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut answer);
    }
}

/// The call that a question is about; `None` if its process has ended.
fn called(question: &seccomp_notif, number: usize) -> Option<Call> {
    let data = &question.data;
    let process = PathBuf::from(format!("/proc/{}", question.pid));
    let open = |at: usize| process.join("fd").join((data.args[at] as i32).to_string());
    let path = |folder: PathBuf, at: usize| -> Option<PathBuf> {
        let mut name = vec![0; libc::PATH_MAX as usize];
        let memory = File::open(process.join("mem")).ok()?;
        let read = memory.read_at(&mut name, data.args[at]).ok()?;
        let end = name[..read].iter().position(|byte| *byte == 0)?;
        let path = Path::new(OsStr::from_bytes(&name[..end]));
        Some(if path.is_absolute() {
            path.to_owned()
        } else {
            fs::read_link(folder).ok()?.join(path)
        })
    };
    let below = |folder: usize, at: usize| {
        let here = data.args[folder] as i32 == libc::AT_FDCWD;
        path(if here { process.join("cwd") } else { open(folder) }, at)
    };
    let known = CALLS.iter().find(|(known, ..)| *known == i64::from(data.nr));
    let (name, path) = match known {
        Some((_, name, Target::Open(at))) => (*name, fs::read_link(open(*at)).ok()?),
        Some((_, name, Target::Path(at))) => (*name, path(process.join("cwd"), *at)?),
        Some((_, name, Target::Below(folder, at))) => (*name, below(*folder, *at)?),
        None => ("openat", below(0, 1)?),
    };
    Some(Call { number, name, path })
}
