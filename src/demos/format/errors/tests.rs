//! Docker's errors as they were seen (engine 20.10.24, command 28.2.2).

use super::*;
use Failure as F;
use Operation as O;

const ID: &str = "be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf";
const IMAGE: &str = "sha256:1ec48314eb41f086d39b4c354fe8441fcec064a826ca08d44e2835c19c1206ad";

fn subject<'a>(typed: &'a str, id: &'a str, other: &'a str) -> Subject<'a> {
    Subject { typed, id, other }
}

#[test]
fn each_failure_reads_as_docker_says_it() {
    let daemon = [
        (
            O::Stop,
            F::NoSuchContainer,
            subject("rs-nope", "", ""),
            "No such container: rs-nope",
        ),
        (
            O::Kill,
            F::NotRunning,
            subject("rs-c", ID, ""),
            "Cannot kill container: rs-c: Container be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf is not running",
        ),
        (
            O::Kill,
            F::NoSuchContainer,
            subject("nope", "", ""),
            "Cannot kill container: nope: No such container: nope",
        ),
        (
            O::Exec,
            F::NotRunning,
            subject("rs-l", ID, ""),
            "Container be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf is not running",
        ),
        (
            O::Exec,
            F::Paused,
            subject("fp", ID, ""),
            "Container fp is paused, unpause the container before exec",
        ),
        (
            O::Rm { force: false },
            F::Running,
            subject("rs-web", ID, ""),
            "You cannot remove a running container be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf. Stop the container before attempting removal or force remove",
        ),
        (
            O::Create,
            F::NameInUse,
            subject("fa", "", ID),
            "Conflict. The container name \"/fa\" is already in use by container \"be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf\". You have to remove (or rename) that container to be able to reuse that name.",
        ),
        (
            O::ImageRm { force: false },
            F::ImageInUse,
            subject("bb", IMAGE, ID),
            "conflict: unable to remove repository reference \"bb\" (must force) - container be18bc5dbdbc is using its referenced image 1ec48314eb41",
        ),
        (
            O::ImageRm { force: false },
            F::ImageInUse,
            subject("1ec48314", IMAGE, ID),
            "conflict: unable to delete 1ec48314eb41 (must be forced) - image is being used by stopped container be18bc5dbdbc",
        ),
        (
            O::History,
            F::NoSuchImage,
            subject("nosuch", "", ""),
            "No such image: nosuch:latest",
        ),
        (
            O::ImageInspect,
            F::NoSuchImage,
            subject("nosuch", "", ""),
            "no such image: nosuch: No such image: nosuch:latest",
        ),
        (
            O::VolumeRm,
            F::NoSuchVolume,
            subject("rs-nope", "", ""),
            "get rs-nope: no such volume",
        ),
        (
            O::VolumeRm,
            F::VolumeInUse,
            subject("rs-data", "", ID),
            "remove rs-data: volume is in use - [be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf]",
        ),
        (
            O::NetworkRm,
            F::NetworkInUse,
            subject("rs-net", ID, ""),
            "error while removing network: network rs-net id be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf has active endpoints",
        ),
        (
            O::NetworkCreate,
            F::NetworkExists,
            subject("rs-net", "", ""),
            "network with name rs-net already exists",
        ),
        (
            O::NetworkConnect,
            F::AlreadyConnected,
            subject("rs-n", ID, "rs-net"),
            "endpoint with name rs-n already exists in network rs-net",
        ),
        (
            O::NetworkDisconnect,
            F::NotConnected,
            subject("rs-web", ID, "rs-net"),
            "container be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf is not connected to network rs-net",
        ),
    ];
    for (operation, failure, subject, text) in daemon {
        let said = stderr(operation, failure, subject);
        assert_eq!(said.text, format!("Error response from daemon: {text}\n"));
        assert_eq!(said.code, 1, "{text}");
    }
}

#[test]
fn run_has_words_and_codes_of_its_own() {
    let said = stderr(O::Run, F::CommandNotFound, subject("rs-x", "", "nosuch"));
    assert_eq!(
        said.text,
        "docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"nosuch\": executable file not found in $PATH: unknown\n\nRun 'docker run --help' for more information\n"
    );
    assert_eq!(said.code, 127);
    assert_eq!(
        stderr(O::Run, F::NotExecutable, subject("", "", "/etc")).code,
        126
    );
    let said = stderr(O::Run, F::NoSuchNetwork, subject("", "", "nonet"));
    assert_eq!(
        (said.text.as_str(), said.code),
        (
            "docker: Error response from daemon: network nonet not found\n\nRun 'docker run --help' for more information\n",
            125
        )
    );
    let said = stderr(O::Run, F::NoSuchImage, subject("nosuch", "", ""));
    assert!(
        said.text
            .starts_with("Unable to find image 'nosuch:latest' locally\ndocker: "),
        "{}",
        said.text
    );
}

#[test]
fn force_makes_a_missing_one_a_line_and_no_failure() {
    let gone = subject("rs-nope", "", "");
    let said = stderr(O::Rm { force: true }, F::NoSuchContainer, gone);
    assert_eq!(said, Said::daemon("No such container: rs-nope", 0));
    assert_eq!(
        stderr(O::Rm { force: false }, F::NoSuchContainer, gone).code,
        1
    );
    assert_eq!(
        stderr(O::Inspect, F::NoSuchContainer, gone).text,
        "Error: No such object: rs-nope\n"
    );
    assert_eq!(
        start_failed(&["a", "b"]).text,
        "Error: failed to start containers: a, b\n"
    );
}

#[test]
fn an_engine_s_message_tells_the_kind_and_is_never_shown() {
    for (operation, status, message, failure) in [
        (
            O::Stop,
            404,
            "No such container: wl-abc-x",
            F::NoSuchContainer,
        ),
        (
            O::Kill,
            409,
            "Cannot kill container: wl-x: Container 12 is not running",
            F::NotRunning,
        ),
        (
            O::Pause,
            409,
            "Container 12 is already paused",
            F::AlreadyPaused,
        ),
        (O::Unpause, 500, "Container 12 is not paused", F::NotPaused),
        (
            O::Exec,
            409,
            "Container wl-x is paused, unpause the container before exec",
            F::Paused,
        ),
        (
            O::Rm { force: false },
            409,
            "cannot remove container \"/wl-x\": container is running: stop the container before removing or force remove",
            F::Running,
        ),
        (
            O::Rm { force: false },
            409,
            "You cannot remove a paused container 12.",
            F::Paused,
        ),
        (
            O::Create,
            409,
            "Conflict. The container name \"/wl-x\" is already in use by container \"12\".",
            F::NameInUse,
        ),
        (
            O::Run,
            400,
            "failed to create shim task: OCI runtime create failed: … exec: \"nosuch\": executable file not found in $PATH: unknown",
            F::CommandNotFound,
        ),
        (
            O::Run,
            400,
            "… exec: \"/etc\": permission denied: unknown",
            F::NotExecutable,
        ),
        (
            O::Run,
            400,
            "… chdir to cwd (\"/x\") set in config.json failed: no such file or directory",
            F::NoWorkdir,
        ),
        (
            O::ImageRm { force: true },
            409,
            "conflict: unable to delete 1 (cannot be forced) - image is being used by running container 2",
            F::ImageInUseByRunning,
        ),
        (
            O::VolumeRm,
            409,
            "remove wl-x: volume is in use - [12]",
            F::VolumeInUse,
        ),
        (
            O::VolumeInspect,
            404,
            "get wl-x: no such volume",
            F::NoSuchVolume,
        ),
        (
            O::NetworkCreate,
            409,
            "network with name wl-x already exists",
            F::NetworkExists,
        ),
        (
            O::NetworkCreate,
            403,
            "Pool overlaps with other one on this address space",
            F::PoolOverlaps,
        ),
        (
            O::NetworkConnect,
            403,
            "endpoint with name wl-x already exists in network wl-n",
            F::AlreadyConnected,
        ),
        (
            O::NetworkRm,
            403,
            "error while removing network: network wl-n id 12 has active endpoints",
            F::NetworkInUse,
        ),
        (
            O::NetworkRm,
            404,
            "network wl-n not found",
            F::NoSuchNetwork,
        ),
        (O::History, 404, "something new", F::NoSuchImage),
        (O::Start, 500, "something new about wl-x", F::Other(500)),
    ] {
        assert_eq!(
            Failure::of(operation, status, message),
            failure,
            "{message}"
        );
        let said = stderr(operation, failure, subject("x", ID, "n"));
        assert!(!said.text.contains("wl-"), "{}", said.text);
    }
}
