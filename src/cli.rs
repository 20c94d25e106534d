//! The subcommands: what `waterline` can be told to do.
//!
//! Standard output is for what was asked for, standard error for messages and the
//! log. Exit codes: 0 done, 1 could not be done and why, 2 not understood, 4 no engine.

mod check;
mod doctor;
mod export;
mod hosts;
mod index;
mod lsp;
mod new;
mod prepare;
mod record;
mod serve;
mod sweep;
mod try_;
mod verify;

pub use crate::author::terminal::harmless;
use crate::config::{Flags, Settings, SettingsError};
use crate::web::log;
use clap::{Parser, Subcommand};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// A notebook of Docker notes that are live below the surface
#[derive(Parser)]
#[command(name = "waterline", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the notebook to this machine's browsers (what happens without a subcommand)
    Serve(Flags),
    /// Print the linked notebook as JSON
    Index {
        /// The folder with the notes, instead of the notebook that comes with Waterline
        #[arg(long, value_name = "DIR", env = "WATERLINE_CONTENT")]
        content: Option<PathBuf>,
        /// The settings file, instead of waterline.toml in your configuration folder
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Write the notebook as files that need no Waterline, with panels as they are now
    Export {
        #[command(flatten)]
        options: export::Options,
        /// The folder with the notes, instead of the notebook that comes with Waterline
        #[arg(long, value_name = "DIR", env = "WATERLINE_CONTENT")]
        content: Option<PathBuf>,
        #[command(flatten)]
        hosts: OnHosts,
    },
    /// Tell an editor what it wants to know of anchors, on standard input and output
    Lsp {
        /// The folder with the notes, instead of the folder that is open in the editor
        #[arg(long, value_name = "DIR", env = "WATERLINE_CONTENT")]
        content: Option<PathBuf>,
        /// The settings file, instead of waterline.toml in your configuration folder
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// What many editors add; there is no other way to talk
        #[arg(long, hide = true)]
        stdio: bool,
    },
    /// Say what is broken in the notes: exit code 0 nothing, 1 something, 2 not checked
    Check {
        /// The folder with the notes, instead of the notebook that comes with Waterline
        #[arg(long, value_name = "DIR", env = "WATERLINE_CONTENT")]
        content: Option<PathBuf>,
        #[command(flatten)]
        options: check::Options,
        /// The settings file, instead of waterline.toml in your configuration folder
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Start a notebook of your own in a new folder
    New {
        /// The folder; it must be empty or not there yet
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Begin with the notebook that comes with Waterline
        #[arg(long)]
        from_embedded: bool,
    },
    /// Keep a Docker host's answers, masked, in a file to replay
    Record {
        /// The file to write
        file: PathBuf,
        /// The Docker host. Without it: what the docker command itself would use
        #[arg(long, value_name = "[NAME=]ENDPOINT")]
        host: Option<String>,
        /// The settings file, instead of waterline.toml in your configuration folder
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Run the demos on every host, and compare what comes out with what they say
    Verify {
        /// The folder with the notes, instead of the notebook that comes with Waterline
        #[arg(long, value_name = "DIR", env = "WATERLINE_CONTENT")]
        content: Option<PathBuf>,
        #[command(flatten)]
        hosts: OnHosts,
        #[command(flatten)]
        options: verify::Options,
    },
    /// Put the image that demos run on every host
    Prepare {
        #[command(flatten)]
        hosts: OnHosts,
        /// Load it from this file (as `docker save busybox:latest` writes one)
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// Say whether the hosts will hold so many sandboxes, and what to do if not
    Doctor {
        #[command(flatten)]
        hosts: OnHosts,
        /// How many at the same time
        #[arg(long, value_name = "N", default_value_t = 1)]
        sandboxes: u64,
    },
    /// Run one docker command in a throw-away sandbox (exit 0 done, 1 failed, 3 refused,
    /// 4 no engine)
    Try {
        /// The command, in quotes
        #[arg(value_name = "'docker …'")]
        line: String,
        #[command(flatten)]
        hosts: OnHosts,
    },
    /// List what sandboxes left on the hosts when their Waterline was killed
    Sweep {
        #[command(flatten)]
        hosts: OnHosts,
        /// Remove it
        #[arg(long)]
        yes: bool,
    },
}

/// The hosts that a subcommand acts on.
#[derive(clap::Args)]
struct OnHosts {
    /// A Docker host; may be given more than once. Without it: those of the settings
    /// file, or what the docker command itself would use
    #[arg(long, value_name = "[NAME=]ENDPOINT")]
    host: Vec<String>,
    /// The settings file, instead of waterline.toml in your configuration folder
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl From<OnHosts> for Flags {
    fn from(OnHosts { host, config }: OnHosts) -> Flags {
        Flags {
            host,
            config,
            ..Flags::default()
        }
    }
}

/// Parses the command line and runs what it asks for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command.unwrap_or(Command::Serve(cli.flags)) {
        Command::Serve(flags) => with(flags, |settings| done(serve::serve(settings))),
        Command::Index { content, config } => {
            let flags = Flags {
                content,
                config,
                ..Flags::default()
            };
            with(flags, |settings| done(index::index(settings)))
        }
        Command::Lsp {
            content, config, ..
        } => {
            let flags = Flags {
                content,
                config,
                ..Flags::default()
            };
            with(flags, |settings| lsp::lsp(settings).map_err(Into::into))
        }
        Command::Check {
            content,
            options,
            config,
        } => {
            let flags = Flags {
                content,
                config,
                ..Flags::default()
            };
            return check::check(flags, &options);
        }
        Command::Export {
            options,
            content,
            hosts,
        } => {
            let flags = Flags {
                content,
                ..hosts.into()
            };
            with(flags, |settings| done(export::export(&settings, &options)))
        }
        Command::New {
            folder,
            from_embedded,
        } => done(new::new(&folder, from_embedded)),
        Command::Record { file, host, config } => {
            let flags = Flags {
                host: host.into_iter().collect(),
                config,
                ..Flags::default()
            };
            with(flags, |settings| done(record::record(settings, &file)))
        }
        Command::Verify {
            content,
            hosts,
            options,
        } => {
            let flags = Flags {
                content,
                ..hosts.into()
            };
            with(flags, |settings| {
                verify::verify(settings, &options).map_err(Into::into)
            })
        }
        Command::Prepare { hosts, from } => with(hosts.into(), |settings| {
            done(prepare::prepare(settings, from))
        }),
        Command::Doctor { hosts, sandboxes } => with(hosts.into(), |settings| {
            done(doctor::doctor(settings, sandboxes))
        }),
        Command::Try { line, hosts } => {
            let settings = match Settings::resolve(hosts.into()) {
                Ok(settings) => settings,
                Err(error) => {
                    eprintln!("waterline: {error}");
                    return ExitCode::FAILURE;
                }
            };
            // No log: standard error is the command's.
            return try_::try_(&settings, &line);
        }
        Command::Sweep { hosts, yes } => {
            with(hosts.into(), |settings| done(sweep::sweep(settings, yes)))
        }
    };
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("waterline: {error}");
            ExitCode::FAILURE
        }
    }
}

fn with(
    flags: Flags,
    run: impl FnOnce(Settings) -> Result<ExitCode, Box<dyn Error>>,
) -> Result<ExitCode, Box<dyn Error>> {
    let settings = Settings::resolve(flags).map_err(|error: SettingsError| Box::new(error))?;
    log::start(settings.log_format);
    run(settings)
}

/// What ends without a word ends well.
fn done(ended: Result<(), impl Error + 'static>) -> Result<ExitCode, Box<dyn Error>> {
    ended.map(|()| ExitCode::SUCCESS).map_err(Into::into)
}
