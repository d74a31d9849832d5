/** The notice that lies beside a schema of a project under the Apache License 2.0. */
export function apache2Notice(project: string, source: string): string {
  return `The schema in this folder describes files of ${project}. It was made by scripts/update-ecosystem.ts from the
published package ${source}: types and short descriptions were kept, all else was left out.

${project} is licensed under the Apache License, Version 2.0 (https://www.apache.org/licenses/LICENSE-2.0), whose text is
in the file LICENSE at the root of this repository.${
    source.includes('kubernetes-models')
      ? `

The TypeScript package is under the MIT License:
Copyright (c) 2018 Tommy Chen
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions: The above copyright notice and this permission notice
shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY
OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR
PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
      : ''
  }
`;
}
