//! The one table of finding codes: what each means, why it matters, how to mend it.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::{Severity, Topic, Verdict};

macro_rules! codes {
    ($(@ $topic:ident
        $($variant:ident $text:literal $severity:ident $verdict:ident
            $means:literal
            $matters:literal
            $mend:literal)*)*) => {
        /// The stable name of a rule, written in kebab-case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $means] $variant,)*)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$($(Self::$variant,)*)*];

            /// The name that reports show and `vhb explain` takes.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $text,)*)* }
            }

            /// What it is about.
            pub const fn topic(self) -> Topic {
                match self { $($(Self::$variant => Topic::$topic,)*)* }
            }

            /// How much a finding of this code matters unless a flag says otherwise.
            pub const fn severity(self) -> Severity {
                match self { $($(Self::$variant => Severity::$severity,)*)* }
            }

            /// What a finding of this code says about the thing that was verified.
            pub const fn verdict(self) -> Option<Verdict> {
                match self { $($(Self::$variant => codes!(@verdict $verdict),)*)* }
            }

            /// What it means.
            pub const fn means(self) -> &'static str {
                match self { $($(Self::$variant => $means,)*)* }
            }

            /// Why it matters.
            pub const fn matters(self) -> &'static str {
                match self { $($(Self::$variant => $matters,)*)* }
            }

            /// How to mend it.
            pub const fn mend(self) -> &'static str {
                match self { $($(Self::$variant => $mend,)*)* }
            }
        }
    };
    (@verdict Nothing) => { None };
    (@verdict $verdict:ident) => { Some(Verdict::$verdict) };
}

codes! {
    @ Registries
    UnreadableFile "unreadable-file" Error Nothing
        "A file of the registry could not be read, or a directory has the name of a file."
        "Whatever the file declares is missing from the experiment."
        "Make the file readable, or rename the directory."
    NotUtf8 "not-utf8" Error Nothing
        "A file of the registry is not UTF-8 text."
        "YAML 1.2 files are UTF-8; another encoding would be read as other characters."
        "Save the file as UTF-8."
    InvalidYaml "invalid-yaml" Error Nothing
        "A file of the registry is not one YAML document."
        "Nothing that the file declares can be trusted."
        "Correct the syntax at the place shown; tabs, unclosed quotes and a second `---` are usual causes."
    YamlLimit "yaml-limit" Error Nothing
        "A file of the registry is nested too deeply, or its aliases expand to too much."
        "A small file could otherwise fill the memory of the machine that reads it."
        "Write the values out instead of nesting aliases."
    EmptyFile "empty-file" Error Nothing
        "A file of the registry holds no mapping."
        "An empty entry is most often a lost one."
        "Write the entry's fields, or delete the file."
    IgnoredFile "ignored-file" Warning Nothing
        "A file below `registries/` is not read, because its name does not end in `.yaml` or its directory is no kind."
        "The author may believe that it counts."
        "Rename it to `<id>.yaml` in the directory of its kind, or move it elsewhere."
    UnknownField "unknown-field" Warning Nothing
        "An entry has a field that its kind does not know."
        "A misspelt field is silently replaced by its default."
        "Correct the name; free-form extensions belong below `metadata`."
    DuplicateKey "duplicate-key" Error Nothing
        "A mapping has the same key twice."
        "YAML loaders keep one of the two without saying which."
        "Delete one of them."
    WrongType "wrong-type" Error Nothing
        "A field holds a value of another type than its kind asks for."
        "The loader would refuse it, or turn it into something else."
        "Write a value of the type shown; quote text that looks like a number, a date or a boolean."
    MissingField "missing-field" Error Nothing
        "An entry lacks a field that its kind requires."
        "The entry has no meaning without it."
        "Add the field."
    MissingSourceType "missing-source-type" Error Nothing
        "A package's source has no `type`."
        "Without it nobody can tell where the package comes from."
        "Add `type: local`, `type: git` or `type: pypi`."
    InvalidValue "invalid-value" Error Nothing
        "A field holds a value that has no meaning there."
        "It could not be resolved to anything."
        "Write a value that the field can hold; the message says what is wrong with this one."
    DanglingReference "dangling-reference" Error Nothing
        "An entry refers to another one that the registry does not have."
        "The experiment cannot be put together."
        "Correct the id, or add the entry it names."
    ReferenceByName "reference-by-name" Warning Nothing
        "A reference matches the `name` of an entry, not its id."
        "References go by id, the stem of the file; a second entry may take the same name."
        "Write the id."
    AmbiguousReference "ambiguous-reference" Error Nothing
        "A reference matches the `name` of more than one entry."
        "It is not defined which of them is meant."
        "Write the id of the one that is meant."
    FrameworkUndefined "framework-undefined" Warning Nothing
        "A run's framework has no entry in `registries/frameworks/`."
        "No adapter package is known for it, so none is locked."
        "Add `registries/frameworks/<framework>.yaml`, or correct `model.framework`."
    ImplicitRequirement "implicit-requirement" Warning Nothing
        "A required package is not in the registry, so the package index is asked for it, but its name is nearly that of a registry package."
        "A misspelt name may belong to somebody else's package on the index."
        "Correct the name, or add the package to the registry."
    UnsupportedMetric "unsupported-metric" Error Nothing
        "A run asks for a metric that its task does not list in `supported_metrics`."
        "Upstream refuses to run it."
        "Choose a metric of the task, or add it to the task."
    UnsupportedReport "unsupported-report" Error Nothing
        "A run asks for a report that its task does not list in `supported_reports`."
        "Upstream refuses to run it."
        "Choose a report of the task, or add it to the task."
    UnsupportedFramework "unsupported-framework" Error Nothing
        "A run uses a framework that its task does not list in `supported_frameworks`."
        "Upstream refuses to run it."
        "Choose a framework of the task, or add it to the task."
    DuplicateRun "duplicate-run" Error Nothing
        "An experiment has two runs with one id."
        "Their results would overwrite each other."
        "Remove one, or give the inline run another `name`."
    NameCaseDiffers "name-case-differs" Warning Nothing
        "An entry's `name` differs from its file's stem only by case."
        "References go by the stem, and file systems disagree about case."
        "Write both alike."
    OverlayDropsField "overlay-drops-field" Warning Nothing
        "A `.dev.yaml` overlay replaces a mapping and so makes fields of it vanish."
        "Overlays replace whole top-level values; what is not repeated is gone."
        "Repeat the field in the overlay if it is still wanted."
    OverlayWithoutBase "overlay-without-base" Warning Nothing
        "A `.dev.yaml` overlay has no base file."
        "In `prod` the entry does not exist."
        "Add the base file, or delete the overlay."
    ExtrasIgnored "extras-ignored" Warning Nothing
        "A package entry asks for extras of a git or local package, which are not locked."
        "What the extras bring is missing in the environment that the lock calls complete."
        "List what the extra requires in `required_packages`, or in the package's own dependencies."
    @ Pinning
    MutableRef "mutable-ref" Warning Nothing
        "A source names a branch, no ref, no version or a range: it is pinned, but may mean something else tomorrow."
        "Whoever locks again from scratch may get another identity."
        "Name a tag, a full commit or an exact version."
    AmbiguousRef "ambiguous-ref" Warning Nothing
        "A git ref is the name of both a tag and a branch."
        "Git prefers the tag; readers may not."
        "Write `refs/tags/NAME` or `refs/heads/NAME`."
    GitRefNotFound "git-ref-not-found" Error Nothing
        "A git repository has no such tag, branch or commit."
        "There is nothing to pin."
        "Correct `ref`; `git ls-remote` lists what there is."
    GitPathMissing "git-path-missing" Error Nothing
        "The `subdirectory` is not a directory of the commit."
        "There is no package to pin there."
        "Correct `subdirectory`."
    UnusableTree "unusable-tree" Error Nothing
        "A tree of files cannot be identified: a symbolic link leaves it, dangles or loops, or a name cannot be written."
        "An identity that depends on something outside of the tree is none."
        "Remove or repair the file that the message names."
    DistributionUnknown "distribution-unknown" Warning Nothing
        "A package's name or version cannot be read from its `pyproject.toml`."
        "The distribution that it installs is only known after a build."
        "Declare `project.name` and `project.version` in `pyproject.toml`."
    ProjectNotFound "project-not-found" Error Nothing
        "The package index has no project of this name."
        "There is nothing to pin."
        "Correct `name`, or name the `index` that has it."
    VersionNotFound "version-not-found" Error Nothing
        "The package index has no release that the source accepts."
        "There is nothing to pin."
        "Correct `version`; for a private build name its `index`; mind `exclude_newer` and the target's Python."
    DistributionConflict "distribution-conflict" Error Nothing
        "Two packages are pinned to one name and version, but to different files."
        "A lock knows a release by name and version: which of the two was scored could not be told."
        "Take both from one index, or use `--upgrade-package` for both."
    HubRepositoryNotFound "hub-repository-not-found" Error Nothing
        "The Hugging Face Hub has no such repository, or does not show it to you."
        "There is nothing to pin."
        "Correct the name (that of a directory begins with `./`); for a private repository set `HF_TOKEN`."
    HubRevisionNotFound "hub-revision-not-found" Error Nothing
        "A repository of the Hugging Face Hub has no such branch, tag, commit or file."
        "There is nothing to pin."
        "Correct the revision; the Hub lists what there is under \"Files and versions\"."
    HubGated "hub-gated" Warning Unverifiable
        "The owner of a repository on the Hugging Face Hub admits users one by one, and you are not admitted."
        "Nothing is known about its files; this is never a pass."
        "Accept its terms on the Hub, and set `HF_TOKEN` to a token of that account."
    HubFileUnproven "hub-file-unproven" Error Drift
        "The Hub serves other bytes for a file than it lists."
        "What is listed cannot be pinned where it is not what is served."
        "Try again; if it stays, ask the Hub's operators, or those of the mirror that `HF_ENDPOINT` names."
    AmbiguousModel "ambiguous-model" Error Nothing
        "A model's name is that of a repository of the Hugging Face Hub, and of a directory of the project."
        "Libraries take the directory where they run beside it, and the repository elsewhere."
        "Begin the name of a directory with `./`, or rename the directory."
    RemoteCodeUnknown "remote-code-unknown" Error Nothing
        "`trust_remote_code` is set, but the configuration of the model cannot be understood."
        "Which code of other repositories is run is not known, so it cannot be pinned."
        "Mend the file that the message names, or drop `trust_remote_code`."
    DatasetNotFound "dataset-not-found" Error Nothing
        "There are no files at the place that a dataset's `path` names."
        "There is nothing to pin."
        "Correct `path`; one of this machine starts at the directory that holds `registries/`."
    ImageNotFound "image-not-found" Error Nothing
        "A registry has no such repository, tag or digest."
        "There is nothing to pin."
        "Correct `docker_image`; for a private repository run `docker login`."
    ImageInvalid "image-invalid" Error Nothing
        "An image contradicts itself: its index says otherwise of a platform than the platform's own manifest does."
        "Container runtimes may refuse it, or run something else than was pinned."
        "Build and push the image anew."
    ImagePlatformMissing "image-platform-missing" Error Nothing
        "An image is not made for the platform that the experiment is locked for."
        "There is nothing to pin for that platform."
        "Use an image that has it, or change `metadata.lock.platform` of the experiment."
    Unresolved "unresolved" Warning NotRecorded
        "Something could not be resolved when the experiment was locked with `--allow-unresolved`, so the lock does not pin it."
        "A rerun may differ there without notice; this is never a match."
        "Lock again without `--allow-unresolved` once it can be reached."
    UnresolvedRecorded "unresolved-recorded" Warning Nothing
        "Something could not be resolved, and `--allow-unresolved` records it as such."
        "A rerun may differ there without notice; verify says `not-recorded`."
        "Lock again without `--allow-unresolved` once it can be reached."
    @ Resolving
    FileHashMismatch "file-hash-mismatch" Error Drift
        "A file that was downloaded has another SHA-256 than the index states."
        "It was damaged on its way, or exchanged."
        "Try again; if it stays, ask the index's operators."
    MetadataInvalid "metadata-invalid" Error Nothing
        "The core metadata of a distribution cannot be read, or is about another distribution."
        "What it requires is not known, so its environment cannot be closed."
        "Choose another version; tell its maintainers."
    ResolutionConflict "resolution-conflict" Error Nothing
        "The packages of one stage contradict each other: no choice of versions meets all requirements."
        "They cannot be installed into one environment."
        "Change one of the versions that are named, or relax a requirement by `metadata.lock.overrides`."
    ResolutionFailed "resolution-failed" Error Nothing
        "uv could not resolve an environment."
        "What it would hold is not known."
        "Read what uv says; `vhb lock --direct` locks the direct sources alone."
    DirectReference "direct-reference" Error Nothing
        "A distribution requires another one by its address instead of by its name."
        "What is at an address may change; only packages of the registry are pinned by content."
        "Change that requirement to the name alone, and add a package entry with `type: git` for what is at the address."
    BuiltOnInstall "built-on-install" Warning Nothing
        "A distribution has no wheel for the target, so it is built where it is installed."
        "What a build gives depends on the machine: the locked source is always the same, the installed bytes are not."
        "Use a release that has wheels for the target; `--no-build` refuses such distributions."
    BuildForbidden "build-forbidden" Error Nothing
        "Something has to be built to learn what it requires, but `--no-build` forbids it."
        "What a build says may depend on the machine; without it, the requirements are not known."
        "Lock without `--no-build`, or use a release that has wheels."
    BuildFailed "build-failed" Error Nothing
        "Something that has to be built to learn what it requires cannot be built."
        "What it requires is not known."
        "Read what the build says; declare `project.version` and `project.dependencies` statically, or use a release that has wheels."
    IndexChanged "index-changed" Warning Nothing
        "A release at an unchanged version now comes from another index."
        "Another index may serve other bytes under the same name and version."
        "Make sure that the change of the index is meant."
    UploadTimeUnknown "upload-time-unknown" Error Nothing
        "`exclude_newer` is set, but the index does not say when files were uploaded."
        "Whether a file is too new cannot be known, so none can be admitted."
        "Drop `exclude_newer`, or use an index that follows PEP 700."
    @ Pinning
    LocalMissing "local-missing" Error Drift
        "The directory or the file of a local source does not exist."
        "What the experiment runs or reads is not there."
        "Correct `path`; relative paths start at the directory that holds `registries/`."
    LocalOutsideProject "local-outside-project" Warning Nothing
        "A local source lies outside of the project's own repository."
        "Nobody who has the repository has these files."
        "Publish it and use `type: git` or `type: pypi`, or move it into the repository."
    LocalDirty "local-dirty" Warning Nothing
        "A local source differs from the commit that is checked out."
        "The commit alone does not give the locked content."
        "Commit the changes and lock again."
    DevLock "dev-lock" Warning Nothing
        "The lock was made with `RUN_MODE=dev`."
        "Overlays point at private working copies; such a lock is not publishable."
        "Lock again with RUN_MODE=prod before publishing scores."
    @ Asking
    SourceUnreachable "source-unreachable" Warning Unverifiable
        "A server could not be asked: no answer, a time-out, an error of its own, or an answer that makes no sense."
        "Nothing is known about the pin; this is never a pass."
        "Try again; check the network, the proxy and the address."
    SourceDenied "source-denied" Warning Unverifiable
        "A server refuses to answer without (other) credentials."
        "Nothing is known about the pin; this is never a pass."
        "Give credentials where the tools of that place have them: a git credential helper, an SSH agent, netrc, the index's variables, `HF_TOKEN`, `docker login`, `AWS_ACCESS_KEY_ID`."
    NotCached "not-cached" Warning Unverifiable
        "Offline, and the cache does not have what is needed."
        "It could only be had from the network."
        "Run once without `--offline` and without `HF_HUB_OFFLINE`."
    NotConfigured "not-configured" Warning Unverifiable
        "A setting or a program that vhb needs is missing or not usable: a package index, uv, git, `HF_ENDPOINT`, the `AWS_` variables."
        "vhb names no index of its own; it asks your configuration, through uv, for one. The other places are named by the variables of their own tools."
        "Set or install what the message names: uv by `pip install uv` or `VHB_UV` (`vhb lock --direct --index-url URL` needs none), git for git sources, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` for buckets."
    @ Lock
    LockWouldChange "lock-would-change" Error Drift
        "`vhb lock --check`: locking now would change the lock or its SBOM."
        "The lock does not describe the registries as they are."
        "Run `vhb lock` and review the difference."
    LockInconsistent "lock-inconsistent" Error Drift
        "Two parts of the lock contradict each other."
        "It was edited by hand, merged badly or damaged; no part of it can be trusted."
        "Restore it from version control, or lock again."
    ClosureMissing "closure-missing" Error Drift
        "A locked distribution requires another one, of which the environment holds no version."
        "The environment does not work as locked, or an installer adds what was never scored."
        "Restore the lock from version control, or lock again."
    ClosureUnsatisfied "closure-unsatisfied" Error Drift
        "A locked distribution is not what a requirement, a constraint, an override, the Python or the platform of its environment asks for."
        "Installers refuse it, or replace it by a version that was never scored."
        "Restore the lock from version control, or lock again; where a requirement is too narrow, correct it by an override in `metadata.lock`."
    ClosureUnreachable "closure-unreachable" Error Drift
        "An environment holds a distribution that none of its packages requires, directly or in turn."
        "It would be installed and run although nobody asked for it."
        "Restore the lock from version control, or lock again."
    LockNotCanonical "lock-not-canonical" Warning Nothing
        "The lock says what it should, but not in the form in which vhb writes it."
        "It was reformatted; its SBOM names the digest of the original bytes."
        "Run `vhb lock` to write it again."
    SbomMissing "sbom-missing" Warning Unverifiable
        "The lock's SBOM is not beside it."
        "The SBOM carries the lock's digest; without it an edited lock goes unnoticed."
        "Restore it from version control, or fetch it from where the lock was published."
    SbomMismatch "sbom-mismatch" Error Drift
        "The SBOM beside the lock belongs to another lock, or one of the two was edited."
        "Readers of the SBOM are told of other things than were locked."
        "Restore both from version control; `vhb lock --upgrade` resolves everything anew."
    @ Config
    ConfigChanged "config-changed" Error Drift
        "An entry of the registry is not what it was when the experiment was locked."
        "A rerun would run something else."
        "Undo the change, or lock again and publish new scores."
    ConfigRemoved "config-removed" Error Drift
        "An entry that the experiment was locked with is no longer reached by it."
        "A rerun would run something else."
        "Restore the entry, or lock again."
    ConfigAdded "config-added" Error Drift
        "The experiment reaches an entry that it was not locked with."
        "A rerun would run something else."
        "Undo the change, or lock again."
    RegistryUnavailable "registry-unavailable" Warning Unverifiable
        "The registries that the lock was made from are not here, or are not valid."
        "Whether they still say the same cannot be known."
        "Run verify inside the project, or pass `--registry`."
    @ Lock
    NotRecorded "not-recorded" Info NotRecorded
        "The experiment depends on something that the lock does not pin."
        "A rerun may differ there without notice."
        "Read the score with that in mind."
    @ Git
    GitRefMoved "git-ref-moved" Error Drift
        "A tag, or the ref that was asked for, now names another commit."
        "Whoever installs by that name gets other code than was scored."
        "Ask the maintainers; to accept the new commit, `vhb lock --upgrade-package NAME` and publish new scores."
    GitTagRecreated "git-tag-recreated" Warning Nothing
        "A tag was made anew: its tag object differs, its commit is the locked one."
        "The code is the same, but the tag's author, date or signature are not."
        "To record the new tag object, `vhb lock --upgrade-package NAME`."
    GitRefGone "git-ref-gone" Error Drift
        "The locked tag or branch no longer exists."
        "Nobody can install by that name any more."
        "Ask the maintainers; to pin something else, change `ref` and lock again."
    GitCommitUnreachable "git-commit-unreachable" Error Drift
        "The server still has the locked commit, but no branch or tag leads to it."
        "History was rewritten; the server may delete the commit at any time."
        "Mirror the commit now; lock again to something that is reachable."
    GitCommitGone "git-commit-gone" Error Drift
        "The server no longer has the locked commit."
        "The code that was scored cannot be had from there."
        "Find a mirror or a clone that has the commit."
    GitRepositoryGone "git-repository-gone" Error Drift
        "The repository does not exist, or not for you."
        "The code that was scored cannot be had from there."
        "Check the address and your access; find a mirror."
    GitContentDiffers "git-content-differs" Error Drift
        "The locked commit does not hold the tree or the files that the lock says it holds."
        "A commit cannot change: the lock was edited or damaged."
        "Restore the lock and its SBOM from version control."
    GitBranchAdvanced "git-branch-advanced" Info Match
        "The locked branch has new commits; the locked one is still part of it."
        "Expected of branches; the pin holds."
        "Lock again with `--upgrade-package` when you want the new commits."
    GitBranchRewritten "git-branch-rewritten" Warning Nothing
        "The locked branch no longer leads to the locked commit, but another branch or tag does."
        "The branch was rewritten; the commit is only kept by the other name."
        "Pin by tag or commit."
    @ Releases
    PypiHashChanged "pypi-hash-changed" Error Drift
        "A file of a locked release has another SHA-256 under the same name."
        "Whoever installs it gets other bytes than were scored."
        "Do not install it; ask the index's operators."
    PypiFileRemoved "pypi-file-removed" Error Drift
        "A file of a locked release is no longer on the index."
        "Whoever installs on that platform gets another file, or none."
        "Find a mirror that has it, or move to another release with `--upgrade-package`."
    PypiReleaseRemoved "pypi-release-removed" Error Drift
        "A locked release is no longer on the index."
        "The code that was scored cannot be had from there."
        "Find a mirror that has it, or move to another release with `--upgrade-package`."
    PypiProjectRemoved "pypi-project-removed" Error Drift
        "A locked project is no longer on the index."
        "The code that was scored cannot be had from there, and someone else may take the name."
        "Find a mirror that has it."
    PypiYanked "pypi-yanked" Warning Nothing
        "A locked release is yanked (PEP 592): its maintainers advise against it."
        "It still installs by exact version, but something is wrong with it."
        "Read the reason; move to another release with `--upgrade-package`."
    PypiNewFiles "pypi-new-files" Info Match
        "A locked release has files that it did not have when it was locked."
        "Expected of releases; installers may prefer a new wheel to the one that was scored."
        "Lock again with `--upgrade-package` to record them."
    MetadataDiffers "metadata-differs" Error Drift
        "What the lock records that a distribution or a package says of itself is not what its own bytes say."
        "The environment, the SBOM and the licences in it follow from this record: either the lock was edited and its SBOM made anew, or the index now serves other metadata for the same file."
        "Compare the two values; if the lock was edited, restore it and its SBOM from version control, otherwise ask the index's operators."
    @ Models
    HubRepositoryGone "hub-repository-gone" Error Drift
        "A locked repository of the Hugging Face Hub does not exist, or not for you."
        "What was scored cannot be had from there."
        "Check the name and your token; find a mirror or a copy."
    HubCommitGone "hub-commit-gone" Error Drift
        "The Hugging Face Hub no longer has the locked commit."
        "What was scored cannot be had from there."
        "Find a mirror or a copy that has the commit."
    HubCommitUnreachable "hub-commit-unreachable" Error Drift
        "The Hub still has the locked commit, but the branch or tag that was asked for no longer leads to it."
        "History was rewritten; the Hub may delete the commit at any time."
        "Copy the commit now; lock again to something that is reachable."
    HubRefMoved "hub-ref-moved" Error Drift
        "A tag on the Hugging Face Hub now names another commit."
        "Whoever downloads by that name gets other files than were scored."
        "Ask the owners; to accept the new commit, `vhb lock --upgrade-package NAME` and publish new scores."
    HubRefGone "hub-ref-gone" Error Drift
        "The locked branch or tag of the Hugging Face Hub no longer exists."
        "Nobody can download by that name any more."
        "Ask the owners; to pin something else, change the revision and lock again."
    HubBranchAdvanced "hub-branch-advanced" Info Match
        "The locked branch of the Hugging Face Hub has new commits; the locked one is still part of it."
        "Expected of branches; the pin holds."
        "Lock again with `--upgrade-package` when you want the new commits."
    HubFileChanged "hub-file-changed" Error Drift
        "The files of the locked commit on the Hugging Face Hub are not those of the lock."
        "A commit cannot change: the lock was edited, or the Hub serves other files than were scored."
        "Restore the lock and its SBOM from version control; if it stays, ask the Hub's operators."
    ModelChanged "model-changed" Error Drift
        "Files of a model are not what they were when the experiment was locked."
        "A rerun would score another model."
        "Undo the change; a copy from the Hub can be downloaded again."
    ModelIncomplete "model-incomplete" Warning Unverifiable
        "A copy of a model lacks files of the locked commit that models are made of."
        "What is missing may be downloaded when it is needed, or be replaced by a default; this is never a pass."
        "Download the whole commit."
    @ Datasets
    DatasetChanged "dataset-changed" Error Drift
        "Files of a dataset are not what they were when the experiment was locked."
        "A rerun would score other samples."
        "Undo the change, or lock again and publish new scores."
    DatasetGone "dataset-gone" Error Drift
        "There is nothing any more at the place that a locked dataset came from."
        "The samples that were scored cannot be had from there."
        "Find a copy; `vhb verify --data DIR` tells whether it is the same."
    RecordAltered "record-altered" Error Drift
        "A list of files in `locks/manifests/` is not what its name says: the name is the SHA-256 of its bytes."
        "What it says of the locked files cannot be trusted."
        "Restore `locks/manifests/` from version control."
    RecordMissing "record-missing" Warning Unverifiable
        "The list of a dataset's files, which `vhb lock` writes to `locks/manifests/`, is not beside the lock."
        "Which files were locked is not known, so they cannot be compared."
        "Restore `locks/manifests/` from version control."
    DatasetReplaced "dataset-replaced" Info Match
        "Files of a dataset were written anew at their place, with the same bytes."
        "Nothing changed but what the place calls them."
        "Lock again with `--upgrade-package` to record the new names."
    @ Images
    ImageGone "image-gone" Error Drift
        "A registry no longer has the locked digest of an image."
        "The container that was scored cannot be had from there."
        "Push it again from a machine that has it, or lock another image."
    ImageTagMoved "image-tag-moved" Warning Nothing
        "The tag of an image now names another digest; the locked one is still there."
        "Whoever pulls by that name gets another container than was scored."
        "Name the image by its digest; to accept the new one, `vhb lock --upgrade-package NAME`."
    ImageTagGone "image-tag-gone" Warning Nothing
        "The tag of an image no longer exists; the locked digest is still there."
        "Nobody can pull by that name any more."
        "Name the image by its digest."
    ImageDiffers "image-differs" Error Drift
        "The locked digests of an image do not belong together as the lock says."
        "What a digest names cannot change: the lock was edited or damaged."
        "Restore the lock and its SBOM from version control."
    @ Local
    LocalChanged "local-changed" Error Drift
        "Files of a local source are not what they were when the experiment was locked."
        "A rerun would run other code."
        "Undo the change, or lock again."
    LocalUnreadable "local-unreadable" Warning Unverifiable
        "Files of a local source could not be read."
        "Whether they are the locked ones cannot be known."
        "Make them readable and verify again."
    @ Installed
    PythonDiffers "python-differs" Error Drift
        "The environment is for another Python than the locked one."
        "Other versions of Python, and other files of packages, run other code."
        "Make the environment anew with `vhb sync`."
    BasePackagesVisible "base-packages-visible" Warning Unverifiable
        "The environment also imports what its base installation holds."
        "Packages that nobody looked at can take the place of those that are locked, or be missed by them."
        "Make the environment without `--system-site-packages`."
    DistributionMissing "distribution-missing" Error Drift
        "A locked distribution is not installed."
        "The experiment would not run, or would run without it."
        "Install what is locked, with `vhb sync` or `vhb export`."
    DistributionExtra "distribution-extra" Error Drift
        "A distribution is installed that is not locked."
        "Plugins register themselves by being installed, and imports that fail elsewhere succeed."
        "Uninstall it, or add it to the registry and lock again."
    DistributionVersionDiffers "distribution-version-differs" Error Drift
        "Another version of a distribution is installed than is locked."
        "A rerun would run other code."
        "Install what is locked, with `vhb sync` or `vhb export`."
    DistributionDuplicated "distribution-duplicated" Error Drift
        "A distribution is installed more than once."
        "Which of them is imported depends on the order of directories, and tools may see the other."
        "Make the environment anew with `vhb sync`."
    DistributionEditable "distribution-editable" Error Drift
        "A distribution is installed editable: Python imports a directory, and no copy of it."
        "What runs is whatever the directory holds at that moment."
        "Install it without `--editable`, as `vhb sync` does."
    DistributionOriginDiffers "distribution-origin-differs" Error Drift
        "A distribution was installed from another place than is locked, such as another commit."
        "Its version may be the same and its code another."
        "Install what is locked, with `vhb sync` or `vhb export`."
    DistributionOriginUnknown "distribution-origin-unknown" Warning Unverifiable
        "An installed distribution does not tell where it came from."
        "Whether it is the pinned commit or directory cannot be known."
        "Install it with an installer that writes `direct_url.json` (PEP 610), as `vhb sync` does."
    DistributionStale "distribution-stale" Error Drift
        "Installed files are not those of the pinned commit or directory."
        "The source is what was locked, but what runs was installed from an older or newer one."
        "Install it again, with `vhb sync` or `vhb export`."
    DistributionUnreadable "distribution-unreadable" Warning Unverifiable
        "What an installed distribution says of itself cannot be read."
        "What it is cannot be known, but Python imports it all the same."
        "Make the environment anew with `vhb sync`."
    InstalledFileChanged "installed-file-changed" Error Drift
        "An installed file is not what its distribution lists."
        "Somebody or something edited it after it was installed."
        "Install the distribution again, with `vhb sync` or `vhb export`."
    InstalledFileMissing "installed-file-missing" Error Drift
        "A file that a distribution lists is gone."
        "Imports fail, or fall back to something else."
        "Install the distribution again, with `vhb sync` or `vhb export`."
    InstalledFileUnreadable "installed-file-unreadable" Warning Unverifiable
        "A file that a distribution lists cannot be read."
        "Whether it is what was installed cannot be known."
        "Make it readable and verify again."
    InstalledFileUnhashed "installed-file-unhashed" Info NotRecorded
        "A distribution lists a file without a SHA-256."
        "Whether it was edited cannot be known."
        "Install it with an installer that writes digests, as `vhb sync` does."
    InstalledFilesShadowed "installed-files-shadowed" Warning Nothing
        "Two distributions install the same file with different bytes."
        "Which of them is there depends on the order of installation, so a rerun may differ."
        "Lock only one of them, if you can."
    InstalledRecordMissing "installed-record-missing" Warning Unverifiable
        "An installed distribution does not list its files (`RECORD`)."
        "Whether its files were edited cannot be known."
        "Install it from a wheel, as `vhb sync` does."
    InstalledRecordUnusable "installed-record-unusable" Warning Unverifiable
        "The list of files of an installed distribution (`RECORD`) makes no sense."
        "Whether its files were edited cannot be known."
        "Make the environment anew with `vhb sync`."
    InstalledRecordDiffers "installed-record-differs" Error Drift
        "The installed list of files (`RECORD`) is not that of the locked wheel."
        "Who edits a file can edit the list with it; or another file of the release was installed."
        "Install the distribution again, with `vhb sync` or `vhb export`."
    WheelRecordUnusable "wheel-record-unusable" Warning Unverifiable
        "The list of files inside of a locked wheel makes no sense."
        "What was installed from it cannot be held against it."
        "Tell the maintainers of the package; verify without `--deep` until they mend it."
    ModuleUnowned "module-unowned" Error Drift
        "Something can be imported that no distribution lists."
        "It can take the place of a locked module, or change what runs."
        "Remove it, or make the environment anew with `vhb sync`."
    PthUnowned "pth-unowned" Error Drift
        "A `.pth` file that no distribution lists adds directories to Python's path, or runs code."
        "Its lines are read whenever Python starts."
        "Remove it, or make the environment anew with `vhb sync`."
    FileUnowned "file-unowned" Warning Nothing
        "A file beside the modules of an environment belongs to no distribution."
        "Programs can read it: settings and caches lie in such places."
        "Remove it, or make the environment anew with `vhb sync`."
    @ Results
    AttestationMalformed "attestation-malformed" Error Drift
        "A line of an attestation is no DSSE envelope, or what it signs is no in-toto Statement."
        "It states nothing, and may hide that a statement was removed."
        "Fetch the attestation again from where it was published, or make it again with `vhb attest`."
    AttestationUnsigned "attestation-unsigned" Error Drift
        "An envelope of an attestation has no signature."
        "Anybody can have written it."
        "Fetch the attestation again from where it was published; it was signed once, or never."
    AttestationOtherKey "attestation-other-key" Error Drift
        "An envelope of an attestation is signed by another key than those that were given."
        "Somebody vouches for the results, but not who was expected to."
        "Give the public key of who published the results, from a place that you trust."
    AttestationAltered "attestation-altered" Error Drift
        "No signature of an envelope fits what is in it."
        "The payload or the signature was edited, damaged or exchanged after it was signed; nothing in it can be trusted."
        "Fetch the attestation again from where it was published."
    AttestationExtraSignature "attestation-extra-signature" Warning Nothing
        "An envelope has a signature that fits, and a further one that fits none of the keys that were given."
        "The one that fits is proof enough; the other one proves nothing."
        "Give the public key of the other signer too, or ask the publisher why it is there."
    AttestationPayloadType "attestation-payload-type" Error Drift
        "A signed envelope holds something else than an in-toto Statement."
        "What was signed was not meant as an attestation, and must not be taken for one."
        "Remove the line, or make the attestation again with `vhb attest`."
    AttestationOtherLock "attestation-other-lock" Error Drift
        "A signed statement is about another lock, or about none."
        "The results were made with something else than this lock pins."
        "Verify against the lock that was published with the results."
    AttestationOtherSbom "attestation-other-sbom" Error Drift
        "A signed statement is about another SBOM than that of the lock, or holds another one."
        "Readers of the statement are told of other things than were locked."
        "Restore the SBOM from where the results were published, or make the attestation again with `vhb attest`."
    AttestationProvenanceDiffers "attestation-provenance-differs" Error Drift
        "The signed provenance does not name what the lock pins."
        "Readers of the provenance are told of other things than were locked."
        "Make the attestation again from the lock with `vhb attest`."
    AttestationProvenanceUnread "attestation-provenance-unread" Info NotRecorded
        "The signed provenance was written by another version of vhb, so its pins were not compared with those of the lock."
        "It is about this lock all the same, which its digest says."
        "Verify with the version of vhb that is named in it to compare the pins as well."
    AttestationIncomplete "attestation-incomplete" Error Drift
        "The statement of the SBOM or that of the provenance is missing, or is not signed by a key that was given."
        "Somebody may have removed the statement that did not suit them."
        "Fetch the attestation again from where it was published, or make it again with `vhb attest`."
    AttestationSubjectsDisagree "attestation-subjects-disagree" Error Drift
        "The signed statements of an attestation are about different files."
        "They come from different attestations, and were put together by somebody else than the signer."
        "Fetch the attestation again from where it was published, or make it again with `vhb attest`."
    AttestationOtherPredicate "attestation-other-predicate" Info Nothing
        "A signed statement is of a kind that vhb does not know."
        "It is left alone, so nothing that it says was checked."
        "Check it with the tool that made it."
    ResultAltered "result-altered" Error Drift
        "A result file is not the one that was attested."
        "The published score may not be what the experiment gave."
        "Restore the file from where the results were published."
    ResultMissing "result-missing" Error Drift
        "A result file that was attested is not there."
        "Results that did not suit somebody may have been left out."
        "Restore the file from where the results were published, or name every directory that was attested with `--results`."
    ResultAdded "result-added" Error Drift
        "A file lies among the results that was not attested."
        "Nobody vouches for it, though it looks as if somebody did."
        "Remove the file, or make the attestation again with `vhb attest`."
    @ Installed
    InstallFailed "install-failed" Error Nothing
        "uv could not make an environment of what is locked."
        "What was scored cannot be run again here."
        "Read what uv says above; a file that is gone needs another index or a mirror that has it, a missing Python `--python`."
    InstallHashMismatch "install-hash-mismatch" Error Drift
        "A file that was to be installed is not the one that was locked."
        "The environment would run other code than was scored."
        "Tell whoever keeps the index; `vhb verify LOCK` names the file; a mirror may have the locked one."
    @ Reruns
    RuntimeLockDiffers "runtime-lock-differs" Error Drift
        "A rerun was recorded for another lock."
        "It says nothing of what this lock holds."
        "Name the lock that the rerun used, or rerun with this one."
    RuntimeModeDiffers "runtime-mode-differs" Error Drift
        "A rerun was recorded in another `RUN_MODE`."
        "Overlays may replace anything."
        "Rerun in the mode of the lock."
    RuntimePackageDiffers "runtime-package-differs" Error Drift
        "A rerun was recorded with another pin of a package."
        "It ran other code."
        "Make the environment anew with `vhb sync`, and rerun."
    RuntimeDistributionDiffers "runtime-distribution-differs" Error Drift
        "A rerun was recorded with another version of a distribution, without it, or with one that is not expected."
        "It ran other code."
        "Make the environment anew with `vhb sync`, and rerun."
    RuntimePythonDiffers "runtime-python-differs" Error Drift
        "A rerun was recorded with another Python."
        "Its standard library, hashing and arithmetic may differ."
        "Rerun with the Python that is expected."
    RuntimeImageDiffers "runtime-image-differs" Error Drift
        "A rerun was recorded in a container of another image."
        "Everything below the Python environment may differ."
        "Start the container by the locked digest."
    RuntimeCpuDiffers "runtime-cpu-differs" Warning Drift
        "A rerun was recorded on other processors."
        "Libraries choose their code by the processor, and last digits of sums may differ."
        "Read differences of the scores with that in mind."
    RuntimeGpuDiffers "runtime-gpu-differs" Warning Drift
        "A rerun was recorded on other GPUs."
        "Kernels are chosen by the GPU, and answers of a model may differ."
        "Read differences of the scores with that in mind."
    RuntimeDriverDiffers "runtime-driver-differs" Warning Drift
        "A rerun was recorded with another driver of the GPU, or another CUDA."
        "Kernels may be compiled or chosen otherwise."
        "Read differences of the scores with that in mind."
    RuntimeMemoryDiffers "runtime-memory-differs" Warning Drift
        "A rerun was recorded with more or less memory."
        "Sizes of batches and caches may follow from it."
        "Read differences of the scores with that in mind."
    RuntimeSystemDiffers "runtime-system-differs" Warning Drift
        "A rerun was recorded on another kernel or distribution of the system."
        "Libraries outside of the environment may differ."
        "Run in a container of the locked image."
    @ Merging
    MergeConflict "merge-conflict" Error Nothing
        "Both sides of a merge changed the same thing, each another way, or what they come to contradicts itself."
        "Whichever side was taken, the other would be lost without a word."
        "Keep one side of the lock and of its SBOM with `git checkout --ours` or `--theirs`, merge the registries, and run `vhb lock`."
    MergeUnfinished "merge-unfinished" Error Nothing
        "What both sides of a merge come to has to be resolved, and a merge may not do what that takes: read directories, build, or list datasets."
        "While git merges, the work tree may hold another side's files, and what is merged may be anybody's code."
        "Keep one side of the lock and of its SBOM, merge the registries, and run `vhb lock`."
    MergeUndone "merge-undone" Warning Nothing
        "A version that one side of a merge moved to does not go together with what the other side has, so the merged lock has another."
        "Whoever moved it had a reason."
        "Read what the merged lock has instead, and make the requirement that matters part of the registries."
    MergeUnasked "merge-unasked" Warning Nothing
        "Whether pins that only one side of a merge brings still mean the same was not asked."
        "What was altered or taken away since would be merged unseen."
        "Run `vhb verify` once there is a network."
    @ Attached
    ImageNotLocked "image-not-locked" Warning Nothing
        "What a lock is attached to is none of the images that the lock pins."
        "The experiment may have run in another image than the one that carries its lock, and whoever may push can attach a lock to any image; verify counts it as drift."
        "Name the image by a digest that the lock pins, or lock the experiment with this image."
    AttachedMissing "attached-missing" Error Drift
        "Nothing that belongs to the lock is attached to the image, or published with the results."
        "A reader who has only the reference cannot find out what the scores came from."
        "Check the reference, or attach the lock with `vhb attach`."
    AttachedIncomplete "attached-incomplete" Error Drift
        "Of a lock, its SBOM and its attestation, only some are attached."
        "Without all of them nobody can tell what the lock pins and who vouches for it; an attach that broke off looks like this."
        "Attach again with `vhb attach`, which adds what is missing; an attestation is made by `vhb attest`."
    AttachedInvalid "attached-invalid" Error Drift
        "What is attached or published does not fit together: bytes that are missing, or not those that are named, or files without a proper name."
        "What a reader downloads would not be what was published."
        "Publish it again with `vhb attach`; if it persists, the registry is damaged."
}

impl Code {
    /// How to mend it, as messages say it: no capital, no full stop.
    pub fn hint(self) -> String {
        let text = self.mend().trim_end_matches('.');
        let mut letters = text.chars();
        let second_is_lower = text.chars().nth(1).is_some_and(char::is_lowercase);
        match letters.next() {
            Some(first) if second_is_lower => first.to_lowercase().chain(letters).collect(),
            _ => text.to_owned(),
        }
    }
}

/// There is no such code.
#[derive(Debug, thiserror::Error)]
#[error("there is no finding code `{0}`")]
pub struct UnknownCode(String);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_fully_explained() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} twice");
            assert!(
                text.bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit())
            );
            assert_eq!(text.parse::<Code>().unwrap(), *code);
            for part in [code.means(), code.matters(), code.mend()] {
                assert!(part.ends_with('.'), "{text}: {part}");
            }
        }
    }
}
