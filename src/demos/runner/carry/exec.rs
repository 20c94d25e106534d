//! `exec`: a process of its own in a container that runs.

use super::super::said::{About, no_container};
use super::super::shell::{self, Shell};
use super::super::step::{Not, Stop};
use super::{Carry, Code};
use crate::demos::command::verbs::Exec;
use crate::demos::format::errors::Operation;
use crate::engine::hands::{ExecId, FullId, NewExec};
use futures_util::StreamExt;
use std::time::Duration;

/// How long the end of processes that were killed is waited for.
const DIES: Duration = Duration::from_secs(5);

/// Ends the processes that execs have started with the command line `$@`, and all that
/// these have started. An exec has no parent in its container. The one that looks is one
/// as well, and has another command line.
const END: &str = r#"
end() {
  for q in /proc/[0-9]*; do
    set -- "$1" "${q#/proc/}"
    case "$(cat "$q/stat" 2>/dev/null)" in *") "?" $1 "*) end "$2" ;; esac
  done
  kill -9 "$1" 2>/dev/null
}
want=$(printf '%s\n' "$@")
for p in /proc/[0-9]*; do
  case "$(cat "$p/stat" 2>/dev/null)" in *") "?" 0 "*) ;; *) continue ;; esac
  n=${p#/proc/}
  [ "$n" = 1 ] && continue
  [ "$(tr '\0' '\n' <"$p/cmdline" 2>/dev/null)" = "$want" ] && end "$n"
done
"#;

impl Carry<'_> {
    /// `docker exec`
    pub(super) async fn exec(&self, exec: &Exec) -> Code {
        let target = self.permitted.targets().first();
        let Some(id) = target.and_then(|target| target.id()) else {
            return self.fail(no_container(Operation::Exec, exec.container.as_str()));
        };
        let new = NewExec {
            container: id.clone(),
            command: exec.command.clone(),
            env: exec.env.clone(),
            workdir: exec.workdir.clone(),
            tty: exec.tty,
            detach: exec.detach,
        };
        self.step.sandbox.stirs();
        let ran = self.exec_to_its_end(id, new).await;
        self.step.sandbox.stirs();
        match ran {
            Ok(code) => Ok(code),
            Err(not) => {
                let about = About {
                    typed: exec.container.as_str(),
                    id: id.as_str(),
                    program: exec.command.first().map_or("", String::as_str),
                    workdir: exec.workdir.as_deref().unwrap_or_default(),
                    ..About::default()
                };
                self.fail(self.said(Operation::Exec, not, about)?)
            }
        }
    }

    /// `docker exec -it`
    pub(super) async fn exec_shell(&self, exec: &Exec, size: (u16, u16)) -> Result<Shell, Code> {
        let typed = exec.container.as_str();
        let Some(id) = self.first() else {
            return Err(self.fail(no_container(Operation::Exec, typed)));
        };
        let new = NewExec {
            container: id.clone(),
            command: exec.command.clone(),
            env: exec.env.clone(),
            workdir: exec.workdir.clone(),
            tty: true,
            detach: false,
        };
        let begun = self.step.in_time(shell::exec(self.step.sandbox, new, size));
        self.step.sandbox.stirs();
        match begun.await {
            Ok(Ok(shell)) => Ok(shell),
            Err(stop) => Err(Err(stop)),
            Ok(Err(failed)) => {
                let about = About {
                    typed,
                    id: id.as_str(),
                    program: exec.command.first().map_or("", String::as_str),
                    workdir: exec.workdir.as_deref().unwrap_or_default(),
                    ..About::default()
                };
                let said = self.said(Operation::Exec, failed.into(), about);
                Err(said.and_then(|said| self.fail(said)))
            }
        }
    }

    async fn exec_to_its_end(&self, id: &FullId, new: NewExec) -> Result<i32, Not> {
        let hands = self.step.hands();
        let (command, detach) = (new.command.clone(), new.detach);
        let begun = self.step.in_time(hands.exec_start(new)).await?;
        let (exec, frames) = begun?;
        if detach {
            return Ok(0);
        }
        match self.step.pump(frames).await {
            Ok(()) => Ok(self.step.in_time(hands.exec_code(&exec)).await??),
            Err(Not::Stop(Stop::Ended(why))) => {
                let _tried = tokio::time::timeout(DIES, self.end(id, &exec, command)).await;
                Err(Not::Stop(Stop::Ended(why)))
            }
            Err(not) => Err(not),
        }
    }

    /// Ends a process that the engine gives no way to end.
    async fn end(&self, id: &FullId, exec: &ExecId, command: Vec<String>) {
        if self.step.hands().exec_code(exec).await.is_ok() {
            return;
        }
        let mut seek: Vec<String> = ["sh", "-c", END, "sh"].map(str::to_owned).into();
        seek.extend(command);
        let new = NewExec {
            container: id.clone(),
            command: seek,
            env: Vec::new(),
            workdir: None,
            tty: false,
            detach: false,
        };
        if let Ok((_, mut frames)) = self.step.hands().exec_start(new).await {
            while frames.next().await.is_some() {}
        }
    }
}
