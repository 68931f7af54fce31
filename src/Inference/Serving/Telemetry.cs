using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RlOffload.Environment;

namespace RlOffload.Inference.Serving;

/// <summary>Sends the server's metrics and traces to an OpenTelemetry collector by OTLP, until disposed; what is left is sent then.</summary>
public sealed class Telemetry : IDisposable
{
    private const string ServiceName = "rloffload-serve";

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private Telemetry(Uri? collector)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(ServiceName);
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(ServerMeters.Name)
            .AddOtlpExporter(o => Point(o, collector, "v1/metrics")).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(ServerMeters.Name, "Microsoft.AspNetCore")
            .AddOtlpExporter(o => Point(o, collector, "v1/traces")).Build();
    }

    /// <param name="collector">Such as http://127.0.0.1:4318, spoken to by HTTP; null: what OTEL_EXPORTER_OTLP_ENDPOINT and its like say.</param>
    /// <returns>Null where nobody is named.</returns>
    /// <exception cref="InputException">The address is none.</exception>
    public static Telemetry? Start(string? collector)
    {
        if (collector is null)
            return System.Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 } ? new Telemetry(null) : null;
        return Uri.TryCreate(collector.TrimEnd('/') + "/", UriKind.Absolute, out var address) && (address.Scheme is "http" or "https")
            ? new Telemetry(address)
            : throw new InputException("serve", "--otlp", $"is '{collector}', allowed is an address such as http://127.0.0.1:4318");
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }

    private static void Point(OtlpExporterOptions options, Uri? collector, string path)
    {
        if (collector is null)
            return;
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(collector, path);
    }
}
