/**
 * Counts the places of the generated `schema.d.ts` of which a front-end team learns nothing, `unknown`, `any` and
 * `Record<string, never>`, and compares with the number in `unknowns.txt`. It may only fall: more of them means that
 * the document has come to say less.
 */

import { readFileSync } from "node:fs";
import ts from "typescript";

const directory = new URL("../client/", import.meta.url);

function main(): number {
  const places = untypedPlaces(read("schema.d.ts"));
  const allowed = Number.parseInt(read("unknowns.txt"), 10);
  console.log(`${places.length} untyped, ${allowed} allowed`);
  for (const place of places) {
    console.log(`  ${place}`);
  }
  if (places.length < allowed) {
    console.log(`Fewer than before: write ${places.length} into client/unknowns.txt.`);
  }
  // No number at all is a failure too: nothing compares with it.
  return places.length <= allowed ? 0 : 1;
}

function read(file: string): string {
  return readFileSync(new URL(file, directory), "utf8");
}

/** Where they are, such as `components.schemas.ReferenceItem.crosswalk: Record<string, never>`. */
function untypedPlaces(source: string): string[] {
  const file = ts.createSourceFile("schema.d.ts", source, ts.ScriptTarget.Latest);
  const places: string[] = [];
  const visit = (node: ts.Node, path: string[]): void => {
    if (isScaffolding(node, path)) {
      return;
    }
    if (isUntyped(node)) {
      places.push(`${path.join(".")}: ${node.getText(file)}`);
    }
    const name = nameOf(node, file);
    ts.forEachChild(node, (child) => visit(child, name === undefined ? path : [...path, name]));
  };
  visit(file, []);
  return places;
}

/** What openapi-typescript writes whatever the document says: any other header of an answer, and empty sections. */
function isScaffolding(node: ts.Node, path: string[]): boolean {
  if (ts.isTypeAliasDeclaration(node)) {
    return ["webhooks", "$defs"].includes(node.name.text);
  }
  return ts.isIndexSignatureDeclaration(node) && path.at(-1) === "headers";
}

function isUntyped(node: ts.Node): boolean {
  return (
    node.kind === ts.SyntaxKind.UnknownKeyword ||
    node.kind === ts.SyntaxKind.AnyKeyword ||
    (ts.isTypeReferenceNode(node) && isNamed(node, "Record") && isNever(node.typeArguments?.[1]))
  );
}

function isNamed(node: ts.TypeReferenceNode, name: string): boolean {
  return ts.isIdentifier(node.typeName) && node.typeName.text === name;
}

function isNever(node: ts.TypeNode | undefined): boolean {
  return node?.kind === ts.SyntaxKind.NeverKeyword;
}

function nameOf(node: ts.Node, file: ts.SourceFile): string | undefined {
  if (ts.isInterfaceDeclaration(node)) {
    return node.name.text;
  }
  return ts.isPropertySignature(node) ? node.name.getText(file) : undefined;
}

process.exitCode = main();
