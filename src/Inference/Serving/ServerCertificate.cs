using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RlOffload.Environment;

namespace RlOffload.Inference.Serving;

/// <summary>The certificate that the framework's configuration names: Kestrel:Certificates:Default with Path, and KeyPath (PEM) or Password (PKCS 12).</summary>
internal static class ServerCertificate
{
    public const string Section = "Kestrel:Certificates:Default:";

    /// <exception cref="InputException">There is none, or it cannot be read.</exception>
    public static X509Certificate2 Load(IReadOnlyDictionary<string, string?> settings)
    {
        string? Setting(string key) => settings.GetValueOrDefault(Section + key) ?? System.Environment.GetEnvironmentVariable((Section + key).Replace(":", "__"));
        if (Setting("Path") is not { } path)
            throw new InputException("serve", "--tls", "names no certificate; allowed is --certificate FILE or the setting Kestrel__Certificates__Default__Path");
        try
        {
            if (Setting("KeyPath") is not { } key)
                return X509CertificateLoader.LoadPkcs12FromFile(path, Setting("Password"));
            using var loaded = X509Certificate2.CreateFromPemFile(path, key);
            // Not every system's TLS takes a key that lives in memory only.
            return X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "--certificate", $"is no certificate with its key ({e.Message})");
        }
    }
}
