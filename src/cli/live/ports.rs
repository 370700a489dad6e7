//! The parts of a live cluster.

use eksodus::eks::aws::Aws;
use eksodus::kube::client::KubeClient;
use eksodus::world::World;

use super::Live;
use super::clock::SleepProof;

impl World for Live {
    type Eks = Aws;
    type Iam = Aws;
    type Sts = Aws;
    type Kube = KubeClient;
    type Clock = SleepProof;

    fn eks(&self) -> &Aws {
        &self.aws
    }

    fn iam(&self) -> &Aws {
        &self.aws
    }

    fn sts(&self) -> &Aws {
        &self.aws
    }

    fn kube(&self) -> &KubeClient {
        &self.kube
    }

    fn clock(&self) -> &SleepProof {
        &self.clock
    }
}
