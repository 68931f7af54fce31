using RlOffload.Environment;
using RlOffload.Inference.Images;

namespace RlOffload.Inference.Sources;

/// <summary>
/// The pictures of a folder in the order of their names: PNG files of the network's size, or files of raw bytes, one a number of its input as it lies there.
/// All are read once when the folder is opened, so that a bad one is told before the first request, with all others.
/// </summary>
public sealed class ImageFolder
{
    private readonly string[] _files;
    private readonly PixelLayout? _layout;
    private readonly int _imageBytes;

    /// <param name="shape">Of the network's input.</param>
    /// <exception cref="InputException">There are none, or some are not such pictures.</exception>
    public ImageFolder(string folder, int imageBytes, IReadOnlyList<long> shape)
    {
        (_imageBytes, _layout) = (imageBytes, PixelLayout.Of(shape));
        _files = [.. Directory.GetFiles(folder).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)];
        var problems = new List<string>();
        var pixels = new byte[imageBytes];
        for (var i = 0; i < _files.Length; i++)
        {
            try
            {
                Fill(i, pixels);
            }
            catch (InputException e)
            {
                problems.AddRange(e.Problems);
            }
        }
        if (_files.Length == 0)
            problems.Add($"{folder}:--images: holds no file, allowed are PNG pictures and raw files of {imageBytes} bytes");
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    public int Count => _files.Length;

    /// <exception cref="InputException">The file is gone, or another than it was.</exception>
    public void Fill(int image, Span<byte> pixels)
    {
        var name = _files[image];
        byte[] file;
        try
        {
            file = File.ReadAllBytes(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(name, "file", $"cannot be read ({e.Message.TrimEnd('.')})");
        }
        if (_layout is { } layout && PngPicture.Is(file))
            PngPicture.Read(name, file, layout, pixels);
        else if (file.Length == _imageBytes)
            file.CopyTo(pixels);
        else
            throw new InputException(name, "length", $"is {file.Length} bytes, allowed is {_imageBytes}: one byte a number of the network's input, as it lies there" + (_layout is null ? "" : ", or a PNG picture"));
    }
}
