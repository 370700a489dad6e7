//! The client of Kubernetes, on a real kube-apiserver.

mod server;
