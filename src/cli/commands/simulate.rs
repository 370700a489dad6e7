use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_smithy_types::base64;
use clap::{Args, Subcommand};
use eksodus::journal::RunsLock;
use eksodus::simulator::http::{ApiEndpoint, Served, serve};
use eksodus::simulator::{Behaviour, Fault, Simulator};
use eksodus::snapshot::Made;
use futures_util::future::{Either, select};
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::cli::call_log::CallLog;
use crate::cli::live::LiveError;
use crate::cli::output::{CliError, Console, Exit, in_one_line};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct SimulateArgs {
    #[command(subcommand)]
    what: Simulate,
}

#[derive(Debug, Subcommand)]
enum Simulate {
    /// Serve EKS, IAM, STS, CloudWatch Logs and Kubernetes over HTTP, until Ctrl-C
    ///
    /// Give --snapshot DIR. Requests are not authenticated: anyone who can reach the port has full control.
    Serve(ServeArgs),
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Allow an address that other machines can reach
    #[arg(long)]
    allow_remote: bool,
    /// Delay of every answer, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Duration of a mode change, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 3_000)]
    update_time: u64,
    /// Inject a fault (repeatable)
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Save each change to the --snapshot folder before answering
    #[arg(long)]
    save: bool,
    /// Use this API server as the cluster's endpoint, instead of the simulated one
    #[arg(long, value_name = "URL")]
    kubernetes: Option<String>,
    /// Certificate authority of --kubernetes, as PEM [default: the system's]
    #[arg(long, value_name = "FILE", requires = "kubernetes")]
    kubernetes_ca: Option<PathBuf>,
    /// Audit events in the cluster's log group, as JSON lines [default: audit logging is off]
    #[arg(long, value_name = "FILE")]
    audit_log: Option<PathBuf>,
    /// Log every call to this file as JSON lines, before answering
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

pub fn run(args: SimulateArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let Simulate::Serve(args) = args.what;
    let ServeArgs {
        listen,
        allow_remote,
        latency,
        update_time,
        fault,
        save,
        kubernetes,
        kubernetes_ca,
        audit_log,
        log,
    } = args;
    if !listen.ip().is_loopback() && !allow_remote {
        return Err(LiveError::OpenDoor { address: listen }.into());
    }
    let Some(folder) = context.global.snapshot.as_deref() else {
        return Err(CliError::WhichCluster { command: "simulate", instead: "pass --snapshot DIR" });
    };
    // taken before the folder is read, for only from then on it stays as it is
    let _lock = save.then(|| inputs::folder_of(folder).and_then(|_| lock(folder))).transpose()?;
    let snapshot = inputs::snapshot("simulate", &mut context)?;
    let behaviour = Behaviour {
        update_duration: Duration::from_millis(update_time),
        // time is real here
        call_duration: Duration::ZERO,
        ..Behaviour::default()
    };
    let simulator = Simulator::from_snapshot(&snapshot, behaviour)?;
    simulator.add_made(&Made::load(folder)?);
    simulator.set_faults(fault);
    if let Some(path) = audit_log {
        simulator.set_audit_log(&inputs::text(&path)?);
    }
    let region = snapshot.cluster.map(|cluster| cluster.id.region).unwrap_or_default();
    let kubernetes = kubernetes.map(|url| endpoint(url, kubernetes_ca.as_deref())).transpose()?;
    let elsewhere = kubernetes.as_ref().map(|it| it.url.clone());
    let log = log.map(|path| CallLog::begin(&path)).transpose()?;
    let (lose, lost) = oneshot::channel();
    keep(&simulator, save.then(|| folder.to_owned()), log, lose);
    let served = Served { simulator, latency: Duration::from_millis(latency), kubernetes };
    let failed = |source| LiveError::Serve { address: listen, source };
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let why = runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let origin = format!("http://{}", listener.local_addr().map_err(failed)?);
        let ended = signals().map_err(failed)?;
        hints(context.console, &origin, &region, elsewhere.as_deref());
        context.console.data(format!("listening on {origin}\n"))?;
        let mut why = None;
        let until = async {
            if let Either::Right((Ok(error), _)) = select(Box::pin(ended), lost).await {
                why = Some(error);
            }
        };
        serve(listener, served, until).await.map_err(failed)?;
        Ok::<_, CliError>(why)
    })?;
    why.map_or(Ok(Exit::Done), Err)
}

/// Before a call is answered it is in the log, and what it changed in the folder. Who cannot write that down hears why.
fn keep(
    simulator: &Simulator,
    folder: Option<PathBuf>,
    log: Option<CallLog>,
    lose: oneshot::Sender<CliError>,
) {
    let (mut lose, mut saved) = (Some(lose), None);
    simulator.before_answer(move |simulator, call| {
        let mut write = || {
            if let Some(log) = &log {
                log.write(call)?;
            }
            let Some(folder) = &folder else { return Ok(()) };
            let now = (simulator.to_snapshot(), simulator.made());
            // time and faults change it too, whatever is asked
            if saved.as_ref() != Some(&now) {
                now.0.save(folder)?;
                now.1.save(folder)?;
                saved = Some(now);
            }
            Ok(())
        };
        write().map_err(|error: CliError| {
            let why = in_one_line(&error);
            if let Some(lose) = lose.take() {
                // who serves has ended already where nobody hears it
                let _ = lose.send(error);
            }
            why
        })
    });
}

fn lock(folder: &Path) -> Result<RunsLock, CliError> {
    Ok(RunsLock::take(&folder.join("runs"))?)
}

/// An API server that somebody else runs, with whom to trust there.
fn endpoint(url: String, ca: Option<&Path>) -> Result<ApiEndpoint, CliError> {
    let read =
        |path: &Path| fs::read(path).map_err(|source| CliError::Read { path: path.to_owned(), source });
    let ca = ca.map(read).transpose()?.map(base64::encode).unwrap_or_default();
    Ok(ApiEndpoint { url, ca })
}

fn hints(console: &mut Console, origin: &str, region: &str, elsewhere: Option<&str>) {
    console.note("for the AWS CLI and SDKs, the tool itself included:");
    for (name, value) in [
        ("AWS_ENDPOINT_URL", origin),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_ACCESS_KEY_ID", "simulated"),
        ("AWS_SECRET_ACCESS_KEY", "simulated"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ] {
        console.note(&format!("  export {name}={value}"));
    }
    console.note(&match elsewhere {
        Some(url) => {
            format!("Kubernetes is at {url}: log in there with --kubeconfig, for it takes no tokens of AWS")
        }
        None => format!("for kubectl: --server {origin}/kubernetes"),
    });
}

/// Ends at Ctrl-C, and where there is one at SIGTERM.
#[cfg(unix)]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        let (one, other) = (Box::pin(interrupt.recv()), Box::pin(terminate.recv()));
        select(one, other).await;
    })
}

#[cfg(not(unix))]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
