using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RlOffload.Environment;

/// <summary>
/// JSON by code that the compiler wrote for each type, instead of by reflection when a file is read: most of the time to a device's first answer went there, and a program
/// that was compiled ahead of time cannot.
/// </summary>
public static class JsonContracts
{
    /// <summary>Files of this style, of the types that are known and no others.</summary>
    public static JsonSerializerOptions Of(JsonSerializerOptions style, IJsonTypeInfoResolver types) => new(style) { TypeInfoResolver = types };

    /// <exception cref="NotSupportedException">The type is not known to these options.</exception>
    public static JsonTypeInfo<T> Contract<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    /// <summary>
    /// What a file leaves out keeps the value that the type gives it. The compiler's code sets all init-only properties at once and so gives those that were left out the zero of their
    /// type; here the object is made first and each property is set when it is met, as by reflection.
    /// </summary>
    /// <typeparam name="T">A record with init-only properties and no parameters.</typeparam>
    public static IJsonTypeInfoResolver Keeping<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(
        this IJsonTypeInfoResolver types) where T : class => types.WithAddedModifier(static info =>
        {
            if (info.Type != typeof(T))
                return;
            var members = typeof(T).GetProperties().ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), StringComparer.Ordinal);
            info.CreateObject = Activator.CreateInstance<T>;
            foreach (var property in info.Properties)
                if (members.TryGetValue(property.Name, out var member) && member.CanWrite)
                    property.Set = member.SetValue;
        });
}
