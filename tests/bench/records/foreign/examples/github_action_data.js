window.BENCHMARK_DATA = {
  "lastUpdate": 1767225600000,
  "repoUrl": "https://example.org/p",
  "entries": {
    "Python": [
      {
        "commit": {
          "author": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "committer": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "distinct": true,
          "id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "message": "m",
          "timestamp": "2026-01-01T00:00:00+00:00",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        },
        "date": 1767225600000,
        "tool": "pytest",
        "benches": [
          {
            "name": "t.py::test_x",
            "value": 100.0,
            "unit": "iter/sec",
            "range": "stddev: 0.0001",
            "extra": "mean: 10 msec\nrounds: 30"
          }
        ]
      },
      {
        "commit": {
          "author": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "committer": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "distinct": true,
          "id": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "message": "m",
          "timestamp": "2026-01-01T00:00:00+00:00",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://example.org/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        },
        "date": 1767225600000,
        "tool": "pytest",
        "benches": [
          {
            "name": "t.py::test_x",
            "value": 50.0,
            "unit": "iter/sec",
            "range": "stddev: 0.0002",
            "extra": "mean: 20 msec\nrounds: 20"
          }
        ]
      }
    ],
    "Rust": [
      {
        "commit": {
          "author": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "committer": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "distinct": true,
          "id": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "message": "m",
          "timestamp": "2026-01-01T00:00:00+00:00",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://example.org/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        },
        "date": 1767225600000,
        "tool": "cargo",
        "benches": [
          {
            "name": "bench_fib_10",
            "value": 254,
            "range": "± 35",
            "unit": "ns/iter"
          }
        ]
      }
    ],
    "C++": [
      {
        "commit": {
          "author": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "committer": {
            "email": "a@example.org",
            "name": "a",
            "username": "a"
          },
          "distinct": true,
          "id": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "message": "m",
          "timestamp": "2026-01-01T00:00:00+00:00",
          "tree_id": "0000000000000000000000000000000000000000",
          "url": "https://example.org/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        },
        "date": 1767225600000,
        "tool": "catch2",
        "benches": [
          {
            "name": "Fibonacci 10",
            "value": 344.5,
            "range": "± 19.5",
            "unit": "ns",
            "extra": "100 samples\n208 iterations"
          }
        ]
      }
    ]
  }
}