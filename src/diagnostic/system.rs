//! The names and messages of operating system errors, in the language asked for.

use std::io::{self, ErrorKind};

use crate::language::Language;

/// Why something could not be read or written: our own message for common errors, otherwise the
/// system's.
pub(crate) fn in_words(language: Language, error: &io::Error) -> String {
    let (english, chinese) = match error.kind() {
        ErrorKind::NotFound => ("there is no such file or folder", "没有这个文件或文件夹"),
        ErrorKind::PermissionDenied => ("permission denied", "没有权限"),
        ErrorKind::IsADirectory => ("it is a folder", "这是一个文件夹"),
        ErrorKind::NotADirectory => (
            "a part of its path is not a folder",
            "路径中有一段不是文件夹",
        ),
        ErrorKind::InvalidFilename => ("a file cannot have this name", "文件名过长或不合规"),
        ErrorKind::StorageFull => ("no space is left", "磁盘空间不足"),
        ErrorKind::QuotaExceeded => ("the quota is used up", "磁盘配额已用完"),
        ErrorKind::FileTooLarge => ("the file would be too large", "文件过大"),
        ErrorKind::ReadOnlyFilesystem => ("the file system is read-only", "文件系统是只读的"),
        _ => return coded(language, error),
    };
    language.pick(english, chinese).to_owned()
}

/// The message for an error whose number says more than its kind.
fn coded(language: Language, error: &io::Error) -> String {
    let code = error
        .raw_os_error()
        .and_then(|code| u16::try_from(code).ok());
    match code {
        Some(code) => language.pick(
            error.to_string(),
            format!("{}（{}）", meaning(language, code), name(code)),
        ),
        // An error of this program or of a library; it has no number.
        None => language.pick(error.to_string(), format!("出错（{}）", error.kind())),
    }
}

/// The name of an error in errno(3), or `E` and its number if this system has no name for it.
pub(crate) fn name(code: u16) -> String {
    #[cfg(unix)]
    if let Some(errno) = errno(code) {
        return format!("{errno:?}");
    }
    format!("E{code}")
}

/// The number of the error with this name in errno(3).
pub(crate) fn code(name: &str) -> Option<u16> {
    #[cfg(unix)]
    if let Some(code) =
        (1..=MOST).find(|code| errno(*code).is_some_and(|it| format!("{it:?}") == name))
    {
        return Some(code);
    }
    name.strip_prefix('E')?.parse().ok()
}

/// The largest error number searched: Linux ends at 133 (mips: 1133), macOS at 107.
#[cfg(unix)]
const MOST: u16 = 1_200;

#[cfg(unix)]
fn errno(code: u16) -> Option<nix::errno::Errno> {
    let errno = nix::errno::Errno::from_raw(code.into());
    (errno != nix::errno::Errno::UnknownErrno).then_some(errno)
}

/// What an error means, in Chinese if a network program is likely to meet it.
#[cfg_attr(
    not(unix),
    allow(unused_variables, reason = "only errno(3) tells one from another")
)]
pub(crate) fn meaning(language: Language, code: u16) -> &'static str {
    #[cfg(unix)]
    if let Some(errno) = errno(code) {
        return match language {
            Language::English => errno.desc(),
            Language::Chinese => in_chinese(errno),
        };
    }
    language.pick("an error of the system", "系统错误")
}

#[cfg(unix)]
fn in_chinese(errno: nix::errno::Errno) -> &'static str {
    use nix::errno::Errno;
    match errno {
        Errno::EPERM => "不允许这样做",
        Errno::EACCES => "没有权限",
        Errno::EINTR => "调用被信号中断",
        Errno::EIO => "输入输出错误",
        Errno::EBADF => "文件描述符无效",
        Errno::EAGAIN => "资源暂时不够",
        Errno::ENOMEM => "内存不足",
        Errno::ENODEV => "没有这个设备",
        Errno::EMFILE => "本进程打开的文件太多",
        Errno::ENFILE => "整个系统打开的文件太多",
        Errno::ENOSYS => "内核没有这个系统调用",
        Errno::ENOBUFS => "缓冲区不足",
        Errno::EAFNOSUPPORT => "不支持这种地址",
        Errno::EPROTONOSUPPORT => "不支持这个协议",
        Errno::ENOPROTOOPT => "没有这个套接字选项",
        Errno::ENETDOWN => "网络接口没有启用",
        Errno::ENETUNREACH => "网络不可达",
        Errno::EHOSTUNREACH => "主机不可达",
        Errno::ECONNABORTED => "连接已被本机放弃",
        Errno::EISCONN => "已经连接",
        Errno::EDESTADDRREQ => "没有给出目的地址",
        _ => "系统错误",
    }
}
