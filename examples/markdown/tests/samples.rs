// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Every tests/samples/NAME.md must give NAME.html, byte for byte.

use std::{fs, path::Path};

#[test]
fn samples_give_their_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "md") {
            let text = fs::read_to_string(&path).unwrap();
            let want = fs::read_to_string(path.with_extension("html")).unwrap();
            let got = markdown::to_html(&text, markdown::Options::default());
            assert_eq!(got, want, "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= 6, "only {count} samples found");
}

#[test]
fn pages_have_a_title_and_unique_ids() {
    let page = markdown::page("# A *b* & c\n\n## Same\n\n## Same\n", "file.md");
    assert!(page.starts_with("<!DOCTYPE html>"));
    assert!(page.contains("<title>A b &amp; c</title>"));
    assert!(page.contains("<h2 id=\"same\">Same</h2>"));
    assert!(page.contains("<h2 id=\"same-1\">Same</h2>"));
    assert!(markdown::page("text", "a<b").contains("<title>a&lt;b</title>"));
}
