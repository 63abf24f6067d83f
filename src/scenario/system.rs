//! What the operating system says of files, in the language asked for.

use std::io::{self, ErrorKind};

use crate::language::Language;

/// Why something could not be read or written: in our own words where it is common,
/// else in the system's.
pub(crate) fn in_words(language: Language, error: &io::Error) -> String {
    let (english, chinese) = match error.kind() {
        ErrorKind::NotFound => ("there is no such file or folder", "没有这个文件或文件夹"),
        ErrorKind::PermissionDenied => ("permission denied", "没有权限"),
        ErrorKind::IsADirectory => ("it is a folder", "这是一个文件夹"),
        ErrorKind::NotADirectory => (
            "something on the way to it is not a folder",
            "路径中有一段不是文件夹",
        ),
        ErrorKind::InvalidFilename => {
            ("that is no name that a file can have", "文件名过长或不合规")
        }
        ErrorKind::StorageFull => ("no space is left", "磁盘空间不足"),
        ErrorKind::QuotaExceeded => ("the quota is used up", "磁盘配额已用完"),
        ErrorKind::FileTooLarge => ("the file would be too large", "文件过大"),
        ErrorKind::ReadOnlyFilesystem => ("the file system is read-only", "文件系统是只读的"),
        // There is no end to what a system may say.
        _ => return language.pick(error.to_string(), format!("系统报错（{error}）")),
    };
    language.pick(english, chinese).to_owned()
}
