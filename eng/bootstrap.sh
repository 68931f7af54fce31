#!/usr/bin/env bash
# Decides where ONNX Runtime comes from: the NuGet package where the source has it or a later one, otherwise the npm
# package that carries the same C# sources and the native library. Does nothing when that has been decided before.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=1.29.0
stamp="$here/OnnxRuntime/obj/source"

[ -f "$here/OnnxRuntime/node_modules/com.github.asus4.onnxruntime/package.json" ] && exit 0
[ "$(cat "$stamp" 2>/dev/null)" = "nuget $version" ] && exit 0
command -v dotnet >/dev/null || { echo "bootstrap: the .NET 10 SDK (dotnet) is not on PATH; install it first" >&2; exit 2; }

probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
cat > "$probe/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.ML.OnnxRuntime" Version="$version" /></ItemGroup>
</Project>
XML
if dotnet restore "$probe/probe.csproj" >"$probe/log" 2>&1; then
  mkdir -p "$(dirname "$stamp")"
  echo "nuget $version" > "$stamp"
elif grep -qE 'NU110[12]' "$probe/log"; then
  command -v npm >/dev/null || { echo "bootstrap: NuGet has no Microsoft.ML.OnnxRuntime from $version on and npm, its other source, is not on PATH" >&2; exit 2; }
  echo "bootstrap: NuGet has no Microsoft.ML.OnnxRuntime from $version on; taking it from npm (about 150 MB)" >&2
  npm ci --prefix "$here/OnnxRuntime" --ignore-scripts >"$probe/npm" 2>&1 || { cat "$probe/npm" >&2; exit 1; }
else
  cat "$probe/log" >&2
  exit 1
fi
