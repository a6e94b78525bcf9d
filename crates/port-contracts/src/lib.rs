//! Fakes of every port and the contract suites that each adapter must pass.
